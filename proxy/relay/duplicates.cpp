#include "relay/duplicates.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "digest/keyed_hash.h"
#include "io/event.h"

namespace truerelay::relay {

digest::Digest digest_of(const digest::Key& key, MessageIdentity message) {
  std::ranges::sort(message.recipients);
  digest::KeyedHash hash(key);
  hash.field("message");
  hash.field(message.upstream);
  hash.field(message.login);
  hash.field(message.reverse_path);
  hash.number(message.recipients.size());
  for (const std::string& recipient : message.recipients) {
    hash.field(recipient);
  }
  hash.number(message.size);
  hash.field(
      {reinterpret_cast<const char*>(message.content.bytes.data()), message.content.bytes.size()});
  return hash.finish();
}

// One wait for orphans to end; it lies in the frame of whoever waits.
class Duplicates::Waiter final : private io::Timer, private io::Cancellation::Link {
 public:
  Waiter(Duplicates& duplicates, const digest::Digest& message, io::Cancellation& cancellation)
      : Timer(duplicates.clock_),
        Link(cancellation),
        waiters_(duplicates.waiters_),
        place_(waiters_.insert(waiters_.end(), this)),
        message_(message),
        event_(duplicates.executor_) {}
  ~Waiter() override { waiters_.erase(place_); }

  [[nodiscard]] const digest::Digest& message() const { return message_; }
  void ring() { event_.notify(); }
  void ring_at(io::Time time) { arm(time); }
  auto rung() { return event_.wait(); }

 private:
  void expire() override { ring(); }
  void cancelled() override { ring(); }

  std::list<Waiter*>& waiters_;
  const std::list<Waiter*>::iterator place_;
  const digest::Digest message_;
  io::Event event_;
};

Duplicates::Duplicates(digest::Key key, io::Clock& clock, io::Executor& executor)
    : key_(std::move(key)), clock_(clock), executor_(executor) {}

Duplicates::~Duplicates() { assert(orphans_.empty() && waiters_.empty()); }

void Duplicates::remember(const digest::Digest& message, smtp::Reply acceptance, io::Time until) {
  if (const auto known = by_message_.find(message); known != by_message_.end()) {
    forget(known->second);
  }
  std::size_t octets = 0;
  for (const std::string& line : acceptance.lines) {
    octets += line.size();
  }
  entries_.push_back({message, std::move(acceptance), until, octets});
  by_message_.emplace(message, std::prev(entries_.end()));
  octets_ += octets;
  // The windows are mostly alike, so that what is over stands at the front.
  while (entries_.size() > kMostEntries || octets_ > kMostOctets ||
         (!entries_.empty() && entries_.front().until <= clock_.now())) {
    forget(entries_.begin());
  }
}

void Duplicates::forget(const digest::Digest& message) {
  if (const auto known = by_message_.find(message); known != by_message_.end()) {
    forget(known->second);
  }
}

const smtp::Reply* Duplicates::find(const digest::Digest& message) {
  const auto known = by_message_.find(message);
  if (known == by_message_.end()) {
    return nullptr;
  }
  if (known->second->until <= clock_.now()) {
    forget(known->second);
    return nullptr;
  }
  return &known->second->acceptance;
}

void Duplicates::forget(Entries::iterator entry) {
  octets_ -= entry->octets;
  by_message_.erase(entry->message);
  entries_.erase(entry);
}

io::Task<bool> Duplicates::settled(digest::Digest message, io::Time until,
                                   io::Cancellation& cancellation) {
  if (!orphans_.contains(message)) {
    co_return true;
  }
  Waiter waiter(*this, message, cancellation);
  waiter.ring_at(until);
  while (orphans_.contains(message) && clock_.now() < until && !cancellation.requested()) {
    co_await waiter.rung();
  }
  co_return !orphans_.contains(message);
}

void Duplicates::orphaned(const digest::Digest& message) { ++orphans_[message]; }

void Duplicates::orphan_ended(const digest::Digest& message) {
  const auto orphans = orphans_.find(message);
  if (--orphans->second > 0) {
    return;
  }
  orphans_.erase(orphans);
  for (Waiter* waiter : waiters_) {
    if (waiter->message() == message) {
      waiter->ring();
    }
  }
}

Duplicates::Ticket::~Ticket() {
  if (orphan_) {
    duplicates_.orphan_ended(message_);
  }
}

void Duplicates::Ticket::leave() {
  if (!std::exchange(orphan_, true)) {
    duplicates_.orphaned(message_);
  }
}

}  // namespace truerelay::relay
