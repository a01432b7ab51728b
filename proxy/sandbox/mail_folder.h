#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "io/clock.h"
#include "sandbox/ledger.h"

namespace truerelay::sandbox {

// The ledger on disk, for people: a folder with one .eml file for each accepted message, exactly as
// it came, and ledger.jsonl with a line for each event, the envelopes among them.
//
// Files are named by when the folder was opened and by connection and transaction, so that nothing
// of a client's gets into a path and no run overwrites another's. A message is written as .tmp and
// renamed when it is accepted; one that is not accepted leaves no file.
class MailFolder final : public Ledger {
 public:
  // Makes the folder where it is missing. A failure says what could not be done.
  [[nodiscard]] static std::expected<std::unique_ptr<MailFolder>, std::string> open(
      const std::filesystem::path& folder, const io::Clock& clock);

  // "20261121T205800123Z-3-1.eml"
  [[nodiscard]] std::string file_name(const Envelope& envelope) const;

  ConnectionId connected(const io::Peer& peer) override;
  void secured(ConnectionId connection, const io::TlsFacts& facts) override;
  void login(ConnectionId connection, const Login& login) override;
  void disconnected(ConnectionId connection, std::string_view reason) override;
  void sender(const Envelope& envelope, const smtp::Reply& reply) override;
  void recipient(const Envelope& envelope) override;
  std::unique_ptr<MessageSink> content(const Envelope& envelope) override;
  void accepted(const Envelope& envelope, const Content& content,
                const smtp::Reply& reply) override;
  void refused(const Envelope& envelope, const Content& content, const smtp::Reply& reply) override;
  void abandoned(const Envelope& envelope, const Content& content,
                 std::string_view reason) override;
  void answered(const Envelope& envelope, bool written) override;

 private:
  MailFolder(std::filesystem::path folder, const io::Clock& clock, std::ofstream lines);
  void record(const std::string& line);

  std::filesystem::path folder_;
  const io::Clock& clock_;
  std::ofstream lines_;
  std::string run_;  // The start of this run's file names.
  ConnectionId last_connection_ = 0;
};

}  // namespace truerelay::sandbox
