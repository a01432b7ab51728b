#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/ledger.h"

namespace truerelay::sandbox {

// A ledger that keeps everything in memory, the contents included.
class MemoryLedger final : public Ledger {
 public:
  enum class Fate { coming, accepted, refused, abandoned };

  struct Message {
    Envelope envelope;
    Fate fate = Fate::coming;
    Content content;
    std::string body;  // What the sink was given; empty unless it was kept.
    smtp::Reply reply;
    std::string reason;
    std::optional<bool> heard;  // answered()
  };

  std::vector<io::Peer> connections;
  std::vector<io::TlsFacts> handshakes;
  std::vector<Login> logins;
  std::vector<smtp::Reply> senders;
  std::vector<RecipientAnswer> recipients;
  std::vector<Message> messages;
  std::vector<std::string> endings;

  // What the next sinks do.
  bool takes = true;
  bool keeps = true;

  ConnectionId connected(const io::Peer& peer) override {
    connections.push_back(peer);
    return connections.size();
  }
  void secured(ConnectionId /*connection*/, const io::TlsFacts& facts) override {
    handshakes.push_back(facts);
  }
  void login(ConnectionId /*connection*/, const Login& login) override { logins.push_back(login); }
  void disconnected(ConnectionId /*connection*/, std::string_view reason) override {
    endings.emplace_back(reason);
  }
  void sender(const Envelope& /*envelope*/, const smtp::Reply& reply) override {
    senders.push_back(reply);
  }
  void recipient(const Envelope& envelope) override {
    recipients.push_back(envelope.recipients.back());
  }
  std::unique_ptr<MessageSink> content(const Envelope& envelope) override {
    messages.emplace_back().envelope = envelope;
    return std::make_unique<Sink>(*this, messages.size() - 1);
  }
  void accepted(const Envelope& envelope, const Content& content,
                const smtp::Reply& reply) override {
    Message& message = settle(envelope, content, Fate::accepted);
    message.reply = reply;
  }
  void refused(const Envelope& envelope, const Content& content,
               const smtp::Reply& reply) override {
    Message& message = settle(envelope, content, Fate::refused);
    message.reply = reply;
  }
  void abandoned(const Envelope& envelope, const Content& content,
                 std::string_view reason) override {
    Message& message = settle(envelope, content, Fate::abandoned);
    message.reason = reason;
  }
  void answered(const Envelope& envelope, bool written) override { of(envelope).heard = written; }

 private:
  class Sink final : public MessageSink {
   public:
    Sink(MemoryLedger& ledger, std::size_t index) : ledger_(ledger), index_(index) {}
    bool take(std::string_view bytes) override {
      bytes_ += bytes;
      return ledger_.takes;
    }
    bool keep() override {
      if (ledger_.keeps) {
        ledger_.messages[index_].body = bytes_;
      }
      return ledger_.keeps;
    }

   private:
    MemoryLedger& ledger_;
    std::size_t index_;
    std::string bytes_;
  };

  Message& of(const Envelope& envelope) {
    for (Message& message : messages) {
      if (message.envelope.connection == envelope.connection &&
          message.envelope.transaction == envelope.transaction) {
        return message;
      }
    }
    Message& unannounced = messages.emplace_back();
    unannounced.envelope = envelope;
    return unannounced;
  }
  Message& settle(const Envelope& envelope, const Content& content, Fate fate) {
    Message& message = of(envelope);
    // A second decision about one message would be a contradiction, and shows as such in a test.
    message.fate = message.fate == Fate::coming ? fate : Fate::coming;
    message.content = content;
    return message;
  }
};

}  // namespace truerelay::sandbox
