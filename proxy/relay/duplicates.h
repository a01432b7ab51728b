#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "digest/content_tag.h"
#include "digest/digest.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/task.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// Rule T7: a client that leaves after its final dot does not know that its message was accepted,
// and will send it again. Then the acceptance is its answer, and nothing is sent twice.

// What makes two messages the same one.
struct MessageIdentity {
  std::string_view upstream;            // Its name in the configuration,
  std::string_view login;               // and who is logged in there, or empty.
  std::string_view reverse_path;        // As text, empty for <>.
  std::vector<std::string> recipients;  // Those that were accepted, in any order.
  digest::ContentTag::Tag content{};    // Of the message as the client sent it,
  std::uint64_t size = 0;               // and how long it is.
};

// Under one key, equal for the same message and for no other.
//
// The parameters of MAIL and RCPT are no part of it. BODY=, SIZE= and SMTPUTF8 say how the message
// comes, not what it is, and a client words them after what it is offered, which may be otherwise
// on its next connection; ENVID= may be new with every attempt. Who gets which content is settled
// without them.
[[nodiscard]] digest::Digest digest_of(const digest::Key& key, MessageIdentity message);

// The memory of acceptances that their clients did not hear, and of messages whose clients left
// while their outcome is still open. One an engine; outlives all sessions.
//
// At the final dot:
//
//     co_await duplicates.settled(message, until, cancellation);
//     if (const smtp::Reply* known = duplicates.find(message)) { answer with a copy of it }
//     Duplicates::Ticket ticket(duplicates, message);   // No wait between these three.
//     ... hand over the last byte, await the answer; ticket.leave() when the client is gone ...
//     if (accepted and not heard) { duplicates.remember(message, reply, now + window); }
class Duplicates {
 public:
  // Bounds of the memory; beyond either, the oldest goes. The octets are those of the replies:
  // common ones are far below, and an upstream that talks too much does not use up the memory.
  static constexpr std::size_t kMostEntries = 10'000;
  static constexpr std::size_t kMostOctets = std::size_t{8} * 1024 * 1024;

  Duplicates(digest::Key key, io::Clock& clock, io::Executor& executor);
  Duplicates(const Duplicates&) = delete;
  Duplicates& operator=(const Duplicates&) = delete;
  ~Duplicates();  // No ticket and no wait is left.

  // Of all digests that come here, and of the content tags in them.
  [[nodiscard]] const digest::Key& key() const { return key_; }

  // The upstream said `acceptance`, and the client did not hear it. What was remembered of the same
  // message before is replaced.
  void remember(const digest::Digest& message, smtp::Reply acceptance, io::Time until);
  // The client heard it after all, or now: the same message again is a new one.
  void forget(const digest::Digest& message);
  // The acceptance, unless its time is over; nullptr where there is none. Good until the next call
  // that is not const: copy it before any wait.
  [[nodiscard]] const smtp::Reply* find(const digest::Digest& message);

  class Ticket;

  // Returns once no message like this one is under way without its client: what became of it is
  // settled then, and find() knows whether it was accepted. Messages whose clients are still there
  // hold nobody up, for two clients may send the same text on purpose.
  // false: such a message is still under way, and `until` has come or the wait was cancelled.
  io::Task<bool> settled(digest::Digest message, io::Time until, io::Cancellation& cancellation);

 private:
  struct Entry {
    digest::Digest message;
    smtp::Reply acceptance;
    io::Time until;
    std::size_t octets;
  };
  using Entries = std::list<Entry>;
  class Waiter;

  void forget(Entries::iterator entry);
  void orphaned(const digest::Digest& message);
  void orphan_ended(const digest::Digest& message);

  const digest::Key key_;
  io::Clock& clock_;
  io::Executor& executor_;
  Entries entries_;  // The oldest first.
  std::unordered_map<digest::Digest, Entries::iterator> by_message_;
  std::size_t octets_ = 0;
  std::unordered_map<digest::Digest, std::size_t> orphans_;  // How many of each, at least 1.
  std::list<Waiter*> waiters_;
};

// A message whose last byte has been or is about to be handed to the upstream, until its outcome is
// final. It goes after remember(), and before its Duplicates.
class Duplicates::Ticket {
 public:
  Ticket(Duplicates& duplicates, const digest::Digest& message)
      : duplicates_(duplicates), message_(message) {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket();

  // Its client is gone, and the upstream has not answered. May be said again.
  void leave();

 private:
  Duplicates& duplicates_;
  const digest::Digest message_;
  bool orphan_ = false;
};

}  // namespace truerelay::relay
