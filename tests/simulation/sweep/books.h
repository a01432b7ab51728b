#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "observe/events.h"
#include "sandbox/ledger.h"
#include "smtp/reply.h"
#include "tests/simulation/sweep/letter.h"

namespace truerelay::simulation {

// The three books that are held against each other: what a client was told, what the upstream did,
// and what the relay wrote down.

// What a client was told about one letter.
struct Told {
  Letter letter;
  smtp::Reply sender;                             // The answer to MAIL, where there was one.
  std::map<std::string, smtp::Reply> recipients;  // The answer to each RCPT that was answered.
  std::optional<smtp::Reply> final_reply;         // To DATA where it was refused, or to the dot.
  bool begun = false;                             // Its turn came before the session ended.
  bool sent_last_byte = false;                    // The client handed on its final dot.
  bool left_on_purpose = false;                   // It went away without waiting.
  bool own_link_broke = false;                    // The connection to the relay failed or ended.
  bool dawdled = false;                           // It let the relay wait past its deadlines.
  bool own_link_faulty = false;                   // Or was to fail at some byte.
  bool silence = false;                           // It waited for hours and heard nothing.
};

// A message that the upstream accepted.
struct Accepted {
  std::vector<std::string> recipients;  // Those that it accepted.
  std::string content;
  smtp::Reply reply;
};

// What the upstream did about one letter, over all its connections.
struct Done {
  std::vector<smtp::Reply> sender;  // Answers to MAIL.
  std::map<std::string, std::vector<smtp::Reply>> recipients;
  std::vector<Accepted> accepted;
  std::vector<smtp::Reply> refused;  // Answers to the end of the data.
};

class UpstreamBook final : public sandbox::Ledger {
 public:
  [[nodiscard]] const Done* find(const std::string& sender) const;

  sandbox::ConnectionId connected(const io::Peer& /*peer*/) override { return ++connections_; }
  void secured(sandbox::ConnectionId /*connection*/, const io::TlsFacts& /*facts*/) override {}
  void login(sandbox::ConnectionId /*connection*/, const sandbox::Login& /*login*/) override {}
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

  sandbox::ConnectionId connections_ = 0;
  std::map<Key, std::string> contents_;
  std::map<std::string, Done> done_;
};

class RelayBook final : public observe::Events {
 public:
  [[nodiscard]] std::vector<observe::MessageRecord> find(const std::string& sender) const;

  void message(const observe::MessageRecord& record) override { messages_.push_back(record); }
  void session_failed(const observe::SessionRecord& /*record*/) override {}
  void note(observe::Level /*level*/, std::string_view /*upstream*/,
            std::string_view /*text*/) override {}

 private:
  std::vector<observe::MessageRecord> messages_;
};

}  // namespace truerelay::simulation
