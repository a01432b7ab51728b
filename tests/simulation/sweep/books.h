#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/clock.h"
#include "observe/events.h"
#include "sandbox/ledger.h"
#include "smtp/reply.h"
#include "tests/simulation/sweep/letter.h"

namespace truerelay::simulation {

// The three books that are held against each other: what a client was told, what the upstream did,
// and what the relay wrote down.

// What a client was told about one letter, the once that it sent it. It may come with it again:
// because it does not know what became of it, or because it wants another copy sent.
struct Told {
  const Letter* letter = nullptr;
  std::string user;                               // Who it logged in as, or empty.
  smtp::Reply sender;                             // The answer to MAIL, where there was one.
  std::map<std::string, smtp::Reply> recipients;  // The answer to each RCPT that was answered.
  std::optional<smtp::Reply> final_reply;         // To DATA where it was refused, or to the dot.
  bool concluded = false;        // And it was heard to go on: the relay knows that it was heard.
  bool sent_last_byte = false;   // The client handed on its final dot.
  bool left_on_purpose = false;  // It went away without waiting.
  bool own_link_broke = false;   // The connection to the relay failed or ended.
  bool dawdled = false;          // It let the relay wait past its deadlines.
  bool own_link_faulty = false;  // Or was to fail at some byte.
  bool silence = false;          // It waited for hours and heard nothing.
  io::Time gone_at{};            // When it was not there any more to hear the end.
  // A reply lay unread before it, or may have crossed its leaving: whoever told it cannot know that
  // it was not heard.
  bool may_have_heard = false;
};

// A message that the upstream accepted.
struct Accepted {
  std::string upstream;                 // Which one that was,
  std::string user;                     // and who was logged in there, or empty.
  std::vector<std::string> recipients;  // Those that it accepted.
  std::string content;
  smtp::Reply reply;
};

// What the upstreams did about one letter, over all their connections.
struct Done {
  std::vector<smtp::Reply> sender;  // Answers to MAIL.
  std::map<std::string, std::vector<smtp::Reply>> recipients;
  std::vector<Accepted> accepted;
  std::vector<smtp::Reply> refused;  // Answers to the end of the data.

  void add(const Done& other);
};

class UpstreamBook final : public sandbox::Ledger {
 public:
  explicit UpstreamBook(std::string upstream) : upstream_(std::move(upstream)) {}

  [[nodiscard]] Done find(const std::string& sender) const;

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

  const std::string upstream_;
  sandbox::ConnectionId connections_ = 0;
  std::map<Key, std::string> contents_;
  std::map<std::string, Done> done_;
};

class RelayBook final : public observe::Events {
 public:
  explicit RelayBook(const io::Clock& clock) : clock_(clock) {}

  [[nodiscard]] std::vector<observe::MessageRecord> find(const std::string& sender) const;
  // A record of that letter was closed at about that time.
  [[nodiscard]] bool closed_about(const std::string& sender, io::Time time) const;

  void message(const observe::MessageRecord& record) override {
    messages_.push_back({record, clock_.now()});
  }
  void session_failed(const observe::SessionRecord& /*record*/) override {}
  void note(observe::Level /*level*/, std::string_view /*upstream*/,
            std::string_view /*text*/) override {}

 private:
  struct Closed {
    observe::MessageRecord record;
    io::Time at;
  };
  const io::Clock& clock_;
  std::vector<Closed> messages_;
};

}  // namespace truerelay::simulation
