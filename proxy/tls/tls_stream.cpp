#include "tls/tls_stream.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "tls/handshake_failure.h"

namespace truerelay::tls {
namespace {

using Kind = io::Failure::Kind;

// RFC 8446 section 5.1: the most that one record carries, and more than any cipher adds to it.
constexpr std::size_t kRecord = 16 * 1024;
constexpr std::size_t kRecordOverhead = 96;
// SSL_write() counts in int.
constexpr std::size_t kLargestPiece = 1024 * kRecord;

}  // namespace

TlsStream::TlsStream(std::unique_ptr<io::Stream> lower, bssl::UniquePtr<SSL> ssl,
                     Ciphertext ciphertext, std::unique_ptr<Attempt> attempt)
    : attempt_(std::move(attempt)), ssl_(std::move(ssl)), lower_(std::move(lower)) {
  std::swap(ciphertext_, ciphertext);
  connect(*ssl_, ciphertext_);
}

// BoringSSL empties its queue of errors before each SSL_peek(), SSL_read(), SSL_write() and
// SSL_shutdown(), so that what is found there afterwards is of that call.

// Reading

bool TlsStream::start(io::ReadOperation& operation) {
  assert(reading_ == nullptr);
  if (read_until_done(operation)) {
    return true;
  }
  reading_ = &operation;
  return false;
}

// True: the result is there. False: a read below is under way.
bool TlsStream::read_until_done(io::ReadOperation& operation) {
  while (!decrypt(operation)) {
    lower_read_.emplace(ciphertext_.in, kReadSize);
    lower_read_->then([](void* self) { static_cast<TlsStream*>(self)->received(); }, this);
    if (!lower_->start(*lower_read_)) {
      return false;
    }
    note_received();
  }
  return true;
}

// Whether it is worth a question to BoringSSL, which costs as much as a short command does.
bool TlsStream::may_have_more() const {
  return !ciphertext_.in.empty() || SSL_has_pending(ssl_.get()) == 1 ||
         (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

// Moves what is there to the reader. False: more ciphertext is needed.
bool TlsStream::decrypt(io::ReadOperation& operation) {
  if (failure_) {
    operation.result = std::unexpected(*failure_);
    return true;
  }
  std::size_t count = 0;
  int error = SSL_ERROR_WANT_READ;
  while (count < operation.at_most && may_have_more()) {
    // Decrypts the next record, if a whole one is there, and says how large it is, so that the
    // reader's buffer takes just the memory that is needed.
    const int peeked = SSL_peek(ssl_.get(), nullptr, 0);
    const auto pending = static_cast<std::size_t>(std::max(0, SSL_pending(ssl_.get())));
    if (pending == 0) {
      error = SSL_get_error(ssl_.get(), peeked);
      break;
    }
    const std::size_t room = operation.at_most - count;
    std::span<char> target =
        operation.into.writable(std::min(room, pending + ciphertext_.in.size()));
    const int got = SSL_read(ssl_.get(), target.data(), static_cast<int>(std::min(room, pending)));
    assert(got > 0);
    operation.into.commit(static_cast<std::size_t>(got));
    count += static_cast<std::size_t>(got);
  }
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
    // What was decrypted before is delivered first.
    break_with({Kind::reset, describe_broken_connection()});
  }
  send();
  if (count > 0) {
    operation.result = count;
    return true;
  }
  if (failure_) {
    operation.result = std::unexpected(*failure_);
    return true;
  }
  if (error == SSL_ERROR_ZERO_RETURN) {
    operation.result = 0;
    return true;
  }
  if (ended_ && SSL_has_pending(ssl_.get()) == 1) {
    break_with({Kind::reset, "the connection ended in the middle of a TLS record"});
    operation.result = std::unexpected(*failure_);
    return true;
  }
  operation.result = 0;
  return ended_;
}

void TlsStream::received() {
  note_received();
  if (read_until_done(*reading_)) {
    // Last: the reader may destroy this stream.
    std::exchange(reading_, nullptr)->run();
  }
}

void TlsStream::note_received() {
  if (!lower_read_->result) {
    break_with(std::move(lower_read_->result.error()));
  } else if (*lower_read_->result == 0) {
    ended_ = true;
  }
}

// Writing

bool TlsStream::start(io::WriteOperation& operation) {
  assert(writing_ == nullptr);
  if (!failure_ && shut_down_) {
    operation.result = io::fail(Kind::cancelled, "this side has ended the stream");
    return true;
  }
  if (failure_ || !encrypt(operation.bytes)) {
    operation.result = std::unexpected(*failure_);
    return true;
  }
  send();
  if (!sending_) {
    if (failure_) {
      operation.result = std::unexpected(*failure_);
    }
    return true;
  }
  writing_ = &operation;
  writing_is_queued_ = !ciphertext_.out.empty();
  return false;
}

bool TlsStream::encrypt(std::string_view bytes) {
  const std::size_t records = (bytes.size() + kRecord - 1) / kRecord;
  if (records > 0) {
    (void)ciphertext_.out.writable(bytes.size() + records * kRecordOverhead);
  }
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kLargestPiece);
    // ciphertext_.out takes everything, so this is never a partial write.
    if (SSL_write(ssl_.get(), piece.data(), static_cast<int>(piece.size())) !=
        static_cast<int>(piece.size())) {
      break_with({Kind::reset, describe_broken_connection()});
      return false;
    }
    bytes.remove_prefix(piece.size());
  }
  return true;
}

// Sends what waits in ciphertext_.out, unless a write below is under way: its end comes back here.
void TlsStream::send() {
  while (!sending_ && !ciphertext_.out.empty()) {
    outgoing_ = std::exchange(ciphertext_.out, Buffer{});
    writing_is_queued_ = false;
    lower_write_.emplace(outgoing_.readable());
    lower_write_->then([](void* self) { static_cast<TlsStream*>(self)->sent(); }, this);
    sending_ = true;
    if (!lower_->start(*lower_write_)) {
      return;
    }
    note_sent();
  }
}

void TlsStream::sent() {
  note_sent();
  // Settled before more is sent: these records, if they were not queued, have just gone down.
  const bool write_is_done = writing_ != nullptr && !writing_is_queued_;
  send();
  if (shut_down_ && !sending_) {
    lower_->shutdown();
  }
  if (writing_ != nullptr && (write_is_done || !sending_)) {
    io::WriteOperation* done = std::exchange(writing_, nullptr);
    // Only where its own bytes did not go down: what a read met meanwhile says nothing of them.
    if (write_failed_) {
      done->result = std::unexpected(*failure_);
    }
    // Last: the writer may destroy this stream.
    done->run();
  }
}

void TlsStream::note_sent() {
  sending_ = false;
  outgoing_.clear();
  if (!lower_write_->result) {
    break_with(std::move(lower_write_->result.error()));
    write_failed_ = true;
    ciphertext_.out.clear();
  }
}

// Ending

void TlsStream::shutdown() {
  if (failure_ || shut_down_) {
    return;
  }
  shut_down_ = true;
  SSL_shutdown(ssl_.get());  // close_notify, behind everything written.
  ERR_clear_error();
  send();
  if (!sending_) {
    lower_->shutdown();
  }
}

void TlsStream::close() {
  break_with({Kind::cancelled, "this side closed the connection"});
  lower_->close();
}

// The first failure is the one that stays.
void TlsStream::break_with(io::Failure failure) {
  if (!failure_) {
    failure_ = std::move(failure);
  }
}

}  // namespace truerelay::tls
