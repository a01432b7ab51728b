#pragma once

#include <memory>
#include <optional>

#include "io/stream.h"
#include "tls/boringssl_compat.h"
#include "tls/ciphertext.h"
#include "tls/peer_check.h"

namespace truerelay::tls {

// A TLS connection after its handshake (RFC 8446, RFC 5246): a Stream over the Stream below.
//
// How it works: bytes from below go into ciphertext_.in, where SSL_peek() finds and decrypts one
// record at a time; a read asks below for more only when there is no whole record. SSL_write()
// appends records to ciphertext_.out, all of them for one write(), and those go down in one write.
// BoringSSL answers some of what it reads (an alert, a ticket); such bytes take the same way out.
//
// A read waits if and only if a read below is under way; a write waits only while one below is.
// So whatever ends the lower operations (the deadline, close(), the peer) ends these as well, and
// the stream needs no loop of its own.
//
// close_notify ends the stream; so does the end of the connection without it, unless that cuts a
// record in two. After a fatal alert, or a record that cannot be decrypted, everything fails.
class TlsStream final : public io::Stream {
 public:
  // `ssl` has finished its handshake; `ciphertext` holds what came after it. `attempt` is what
  // SSL_get_app_data() points at.
  TlsStream(std::unique_ptr<io::Stream> lower, bssl::UniquePtr<SSL> ssl, Ciphertext ciphertext,
            std::unique_ptr<Attempt> attempt);

  [[nodiscard]] bool start(io::ReadOperation& operation) override;
  [[nodiscard]] bool start(io::WriteOperation& operation) override;
  void set_deadline(io::Time deadline) override { lower_->set_deadline(deadline); }
  void shutdown() override;
  void close() override;

 private:
  [[nodiscard]] bool read_until_done(io::ReadOperation& operation);
  [[nodiscard]] bool may_have_more() const;
  [[nodiscard]] bool decrypt(io::ReadOperation& operation);
  void received();
  void note_received();

  [[nodiscard]] bool encrypt(std::string_view bytes);
  void send();
  void sent();
  void note_sent();

  void break_with(io::Failure failure);

  std::optional<io::ReadOperation> lower_read_;
  std::optional<io::WriteOperation> lower_write_;
  io::ReadOperation* reading_ = nullptr;
  io::WriteOperation* writing_ = nullptr;
  bool writing_is_queued_ = false;  // Its records wait in ciphertext_.out.
  bool sending_ = false;            // lower_write_ is under way.
  bool ended_ = false;              // The stream below has ended.
  bool write_failed_ = false;       // Below.
  bool shut_down_ = false;
  std::optional<io::Failure> failure_;  // Why nothing works any more.

  std::unique_ptr<Attempt> attempt_;
  Ciphertext ciphertext_;
  Buffer outgoing_;  // What lower_write_ is sending.
  bssl::UniquePtr<SSL> ssl_;
  std::unique_ptr<io::Stream> lower_;  // Goes first: it may still know of the operations above.
};

}  // namespace truerelay::tls
