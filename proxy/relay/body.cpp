#include "relay/body.h"

#include <algorithm>
#include <utility>

#include "base/buffer.h"
#include "relay/own_replies.h"
#include "smtp/dot_codec.h"

namespace truerelay::relay {
namespace {

using observe::Outcome;

// How much of a message that is refused already is read to its end, so that the refusal can be said
// in its place. A client that sends still more loses the connection after the refusal.
constexpr std::uint64_t kMostThrownAway = 64ULL * 1024 * 1024;

class BodyRelay {
 public:
  explicit BodyRelay(BodyParts parts)
      : parts_(parts),
        decoder_(parts.listener.line_ends),
        started_(parts.clock.now()),
        limit_(parts.size_limit != 0 ? parts.size_limit : parts.listener.max_message_size) {}

  io::Task<Delivery> run() {
    parts_.upstream.begin_body();
    while (true) {
      decode();
      if (decoder_.refused()) {
        Delivery refused = co_await refuse(Outcome::refused, own::bad_line_ends());
        co_return refused;
      }
      if (decoder_.size() > limit_) {
        Delivery refused = co_await refuse(Outcome::refused, own::too_large(limit_));
        co_return refused;
      }
      if (parts_.upstream.early_reply()) {
        Delivery refused = co_await refuse_early();
        co_return refused;
      }
      if (decoder_.finished()) {
        Delivery delivery = co_await complete();
        co_return delivery;
      }
      if (!wire_.empty()) {
        parts_.client.read_ahead();
        const bool sent = co_await send_block();
        if (!sent) {
          Delivery refused = co_await refuse_early();
          co_return refused;
        }
      }
      const io::Channel::Arrival arrival = co_await parts_.client.wait(client_deadline());
      if (arrival != io::Channel::Arrival::bytes && client_stopped(arrival)) {
        co_return give_up(arrival);
      }
    }
  }

 private:
  // What has arrived, un-stuffed and normalised, and stuffed again for the upstream.
  void decode() {
    take_what_arrived();
    encoder_.take(content_.readable(), wire_);
    content_.clear();
  }

  void take_what_arrived() {
    Buffer& arrived = parts_.client.arrived();
    const std::size_t taken = decoder_.take(arrived.readable(), content_);
    arrived.consume(taken);
    received_ += taken;
  }

  io::Task<bool> send_block() {
    const io::Time before = parts_.clock.now();
    const Result<void> sent = co_await parts_.upstream.send_body(
        wire_.readable(), before + parts_.upstream_settings.data_timeout);
    if (!sent) {
      failure_ = sent.error();
    }
    wire_.clear();
    waited_for_upstream_ += parts_.clock.now() - before;
    co_return sent.has_value();
  }

  // The last block, with the end of the data.
  io::Task<Delivery> complete() {
    encoder_.finish(wire_);
    completing_ = true;
    const io::Time deadline = parts_.clock.now() + parts_.upstream_settings.data_timeout;
    Result<void> sent = co_await parts_.upstream.complete_body(wire_.readable(), deadline);
    wire_.clear();
    const io::Time sent_at = parts_.clock.now();
    if (!sent) {
      failure_ = sent.error();
      if (!parts_.upstream.early_reply() && failure_->cause == Failure::Cause::stopping) {
        co_return in_doubt("truerelay was stopped while it handed over the end");
      }
      // Not all bytes were handed on, so the upstream cannot have the whole message.
      co_return refused_early();
    }
    // From here on the upstream has the whole message: there is no second try without an answer.
    const io::Time until = sent_at + parts_.upstream_settings.final_reply_timeout;
    Result<smtp::Reply> reply = co_await parts_.upstream.reply(until);
    Delivery delivery = judge(std::move(reply));
    delivery.data = sent_at - started_;
    delivery.answer = parts_.clock.now() - sent_at;
    co_return delivery;
  }

  // The upstream's answer to the whole message.
  Delivery judge(Result<smtp::Reply> reply) {
    if (reply && reply->completion()) {
      parts_.upstream.needs_reset = false;
      return result(Outcome::accepted, *std::move(reply));
    }
    if (reply && !reply->intermediate()) {
      parts_.upstream.needs_reset = false;
      return result(Outcome::refused, *std::move(reply));
    }
    parts_.upstream.close();
    return in_doubt(reply ? "" : reply.error().detail);
  }

  Delivery in_doubt(std::string detail) {
    const Failure unknown{Failure::Cause::in_doubt, std::move(detail), std::nullopt};
    return result(Outcome::in_doubt, reply_for(unknown, parts_.upstream_settings));
  }

  // The upstream ended the body before its end: it said why, or the connection is lost.
  Delivery refused_early() {
    const std::optional<Result<smtp::Reply>>& early = parts_.upstream.early_reply();
    if (early && *early && !(*early)->completion() && !(*early)->intermediate()) {
      return result(Outcome::refused, **early);
    }
    Failure failure = failure_.value_or(
        Failure{Failure::Cause::connection_lost, "in the middle of the message", std::nullopt});
    if (early && *early && (*early)->completion() && completing_) {
      return in_doubt("it accepted the message before it had all of it");
    }
    if (early && *early) {
      failure = {Failure::Cause::protocol_violation, "it answered before the end of the message",
                 **early};
    } else if (early) {
      failure = early->error();
    }
    return result(Outcome::failed, reply_for(failure, parts_.upstream_settings));
  }

  io::Task<Delivery> refuse_early() {
    Delivery refused = refused_early();
    Delivery delivery = co_await refuse(refused.outcome, std::move(refused.reply));
    co_return delivery;
  }

  // Nothing was sent and nothing will be: the upstream's transaction is aborted, the rest of the
  // client's data read to its end, and the refusal said in its place.
  io::Task<Delivery> refuse(Outcome outcome, smtp::Reply reply) {
    parts_.upstream.close();
    wire_.clear();
    const std::uint64_t most = received_ + kMostThrownAway;
    while (!decoder_.finished()) {
      const io::Channel::Arrival arrival = co_await parts_.client.wait(client_deadline());
      if (arrival != io::Channel::Arrival::bytes && client_stopped(arrival)) {
        Delivery delivery = give_up(arrival);
        delivery.reply = arrival == io::Channel::Arrival::timed_out ? delivery.reply : reply;
        co_return delivery;
      }
      take_what_arrived();
      content_.clear();
      if (received_ > most) {
        Delivery delivery = result(outcome, std::move(reply));
        delivery.session_ends = true;
        co_return delivery;
      }
    }
    co_return result(outcome, std::move(reply));
  }

  bool client_stopped(io::Channel::Arrival arrival) const {
    return arrival != io::Channel::Arrival::interrupted || parts_.stop.requested();
  }

  // The client left, fell silent, or the service stops, before the end of the data (rule T6).
  Delivery give_up(io::Channel::Arrival arrival) {
    parts_.upstream.close();
    const bool silent = arrival == io::Channel::Arrival::timed_out;
    const bool stopped = arrival == io::Channel::Arrival::interrupted;
    Delivery delivery = result(silent || stopped ? Outcome::failed : Outcome::abandoned,
                               silent    ? own::client_too_slow()
                               : stopped ? own::stopping()
                                         : own::incomplete());
    delivery.session_ends = true;
    return delivery;
  }

  // Absolute: a client that sends slower than kSlowestBody runs out of time, however steadily it
  // sends. The time that the upstream took is not the client's.
  io::Time client_deadline() const {
    const auto earned = std::chrono::seconds(received_ / kSlowestBody);
    return started_ + waited_for_upstream_ + parts_.listener.data_timeout + earned;
  }

  Delivery result(Outcome outcome, smtp::Reply reply) {
    Delivery delivery;
    delivery.outcome = outcome;
    delivery.reply = std::move(reply);
    delivery.size = decoder_.size();
    delivery.data = parts_.clock.now() - started_;
    return delivery;
  }

  BodyParts parts_;
  smtp::DotDecoder decoder_;
  smtp::DotEncoder encoder_;
  Buffer content_;  // Between the two codecs; empty between blocks.
  Buffer wire_;     // For the upstream.
  std::optional<Failure> failure_;
  bool completing_ = false;     // The last byte may have been handed on.
  std::uint64_t received_ = 0;  // Octets on the wire.
  io::Time started_;
  io::Duration waited_for_upstream_{};
  std::uint64_t limit_;
};

}  // namespace

io::Task<Delivery> relay_body(BodyParts parts) {
  BodyRelay body(parts);
  Delivery delivery = co_await body.run();
  co_return delivery;
}

}  // namespace truerelay::relay
