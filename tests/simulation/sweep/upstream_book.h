#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "sandbox/ledger.h"
#include "tests/simulation/sweep/books.h"

namespace truerelay::simulation {

// What a practice upstream did, letter by letter.
class UpstreamBook final : public sandbox::Ledger {
 public:
  explicit UpstreamBook(std::string upstream) : upstream_(std::move(upstream)) {}

  [[nodiscard]] Done find(const std::string& sender) const;

  // A refusal of anything, on one line.
  void note_refusal(std::string reply) { refusals_.insert(std::move(reply)); }
  [[nodiscard]] const std::set<std::string>& refusals() const { return refusals_; }
  // Somebody logged in, or began a message.
  [[nodiscard]] bool spoken_to() const { return spoken_to_; }

  sandbox::ConnectionId connected(const io::Peer& /*peer*/) override { return ++connections_; }
  void secured(sandbox::ConnectionId /*connection*/, const io::TlsFacts& /*facts*/) override {}
  void login(sandbox::ConnectionId /*connection*/, const sandbox::Login& /*login*/) override {
    spoken_to_ = true;
  }
  void disconnected(sandbox::ConnectionId /*connection*/, std::string_view /*reason*/) override {}
  void sender(const sandbox::Envelope& envelope, const smtp::Reply& reply) override;
  void recipient(const sandbox::Envelope& envelope) override;
  std::unique_ptr<sandbox::MessageSink> content(const sandbox::Envelope& envelope) override;
  void accepted(const sandbox::Envelope& envelope, const sandbox::Content& content,
                const smtp::Reply& reply) override;
  void refused(const sandbox::Envelope& envelope, const sandbox::Content& content,
               const smtp::Reply& reply) override;
  void abandoned(const sandbox::Envelope& /*envelope*/, const sandbox::Content& /*content*/,
                 std::string_view /*reason*/) override {}
  void answered(const sandbox::Envelope& /*envelope*/, bool /*written*/) override {}

 private:
  class Sink;
  using Key = std::pair<sandbox::ConnectionId, std::uint64_t>;

  const std::string upstream_;
  sandbox::ConnectionId connections_ = 0;
  bool spoken_to_ = false;
  std::set<std::string> refusals_;
  std::map<Key, std::string> contents_;
  std::map<std::string, Done> done_;
};

}  // namespace truerelay::simulation
