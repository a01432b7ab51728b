#include "relay/body.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "digest/content_tag.h"
#include "relay/content.h"
#include "relay/content_sender.h"
#include "relay/own_replies.h"
#include "smtp/dot_codec.h"

namespace truerelay::relay {
namespace {

using observe::Outcome;

// How much of a message that is refused already is read to its end, so that the refusal can be said
// in its place. A client that sends still more loses the connection after the refusal.
constexpr std::uint64_t kMostThrownAway = 64ULL * 1024 * 1024;

// What is handed to the upstream in one go.
constexpr std::size_t kLargestPart = std::size_t{128} * 1024;

// From so many octets on, what comes out of the decoder as it came is moved instead of copied.
constexpr std::size_t kWorthMoving = std::size_t{16} * 1024;

// A refusal of BDAT as such, or of a message for its header's size, which servers were seen to
// count wrongly across chunks. The same message may well be taken after DATA.
bool is_about_chunks(const smtp::Reply& reply) {
  if (reply.code == 552) {
    return std::ranges::any_of(reply.lines, [](const std::string& line) {
      return line.starts_with("5.3.4") && line.find("eader") != std::string::npos;
    });
  }
  return reply.code >= 500 && reply.code <= 504;
}

class BodyRelay {
 public:
  explicit BodyRelay(BodyParts parts)
      : parts_(parts),
        clock_(parts.services.clock),
        decoder_(parts.listener.line_ends),
        content_(parts.services.replay_memory, parts.transaction.settings().replay_buffer,
                 parts.transaction.settings().replay_file ? &parts.services.scratch : nullptr),
        started_(clock_.now()),
        limit_(parts.transaction.size_limit() != 0 ? parts.transaction.size_limit()
                                                   : parts.listener.max_message_size) {
    parts.client.arrived().leave_front(Content::kLongestLine);
    if (parts.listener.duplicate_window > io::Duration{}) {
      tag_.emplace(parts.services.duplicates.key());
    }
  }

  io::Task<Delivery> run() {
    begin();
    while (!delivery_) {
      co_await take_content();
      if (delivery_) {
        break;
      }
      const std::size_t unsent = content_.unsent().size();
      const bool all_here = decoder_.finished() && !content_.in_scratch();
      if (decoder_.refused()) {
        co_await refuse(Outcome::refused, own::bad_line_ends());
      } else if (decoder_.size() > limit_) {
        co_await refuse(Outcome::refused, own::too_large(limit_));
      } else if (sender_->begun() && upstream().early_reply()) {
        co_await recover();
      } else if (all_here && unsent <= kLargestPart) {
        co_await complete();
      } else if (sender_->worth_sending(unsent)) {
        co_await send_part();
      } else if (!content_.in_scratch()) {
        co_await wait_for_client();
      }
    }
    co_return *std::move(delivery_);
  }

 private:
  UpstreamConnection& upstream() const { return parts_.transaction.connection(); }
  const UpstreamSettings& settings() const { return parts_.transaction.settings(); }

  // The upstream waits for the content, from its beginning.
  void begin() {
    sender_.emplace(upstream(), parts_.transaction.transfer());
    completing_ = false;
    answered_ = false;
  }

  // --- From the client ---

  // What has arrived, un-stuffed and normalised; or, when all is sent again, what was put away.
  io::Task<void> take_content() {
    if (content_.in_scratch()) {
      co_await bring_back();
      co_return;
    }
    const std::size_t before = content_.incoming().size();
    take_what_arrived(content_.incoming());
    if (content_.incoming().size() == before) {
      co_return;
    }
    if (tag_) {
      tag_->take(content_.incoming().readable().substr(before));
    }
    co_await content_.keep();
  }

  io::Task<void> bring_back() {
    if (content_.unsent().size() >= kLargestPart) {
      co_return;
    }
    const bool back = co_await content_.bring_back();
    if (!back) {
      co_await refuse_for(
          {Failure::Cause::connection_lost, "and what was sent could not be read back", {}});
    }
  }

  void take_what_arrived(Buffer& into) {
    Buffer& arrived = parts_.client.arrived();
    if (into.empty() && arrived.size() >= kWorthMoving) {
      const std::size_t moved = decoder_.take_as_it_is(arrived.readable());
      into.take_front(arrived, moved);
      received_ += moved;
    }
    const std::size_t taken = decoder_.take(arrived.readable(), into);
    arrived.consume(taken);
    received_ += taken;
  }

  io::Task<void> wait_for_client() {
    const io::Channel::Arrival arrival = co_await parts_.client.wait(client_deadline());
    if (arrival != io::Channel::Arrival::bytes && client_stopped(arrival)) {
      give_up(arrival);
    }
  }

  bool client_stopped(io::Channel::Arrival arrival) const {
    return arrival != io::Channel::Arrival::interrupted || parts_.services.stopped.requested();
  }

  // Absolute: a client that sends slower than kSlowestBody runs out of time, however steadily it
  // sends. The time that the upstream took is not the client's.
  io::Time client_deadline() const {
    const auto earned = std::chrono::seconds(received_ / kSlowestBody);
    return started_ + waited_for_upstream_ + parts_.listener.data_timeout + earned;
  }

  // The client left, fell silent, or the service stops, before the end of the data (rule T6).
  void give_up(io::Channel::Arrival arrival) {
    abort();
    const bool silent = arrival == io::Channel::Arrival::timed_out;
    const bool stopped = arrival == io::Channel::Arrival::interrupted;
    end(silent || stopped ? Outcome::failed : Outcome::abandoned, silent    ? own::client_too_slow()
                                                                  : stopped ? own::stopping()
                                                                            : own::incomplete());
    delivery_->session_ends = true;
  }

  // --- To the upstream ---

  io::Time block_deadline() const { return clock_.now() + settings().data_timeout; }

  io::Task<void> send_part() {
    parts_.client.read_ahead();
    const io::Time before = clock_.now();
    const std::size_t size = std::min(content_.unsent().size(), kLargestPart);
    const Result<void> sent = co_await sender_->send(content_, size, block_deadline());
    waited_for_upstream_ += clock_.now() - before;
    if (sent) {
      content_.sent(size);
    } else {
      failure_ = sent.error();
      co_await recover();
    }
  }

  // All has come: the last part, with the end of the data.
  io::Task<void> complete() {
    const bool known = co_await known_already();
    if (known) {
      co_return;
    }
    completing_ = true;
    Result<void> sent = co_await sender_->complete(content_, block_deadline());
    if (!sent) {
      failure_ = std::move(sent.error());
      const bool early = sender_->begun() && upstream().early_reply();
      if (!early && failure_->cause == Failure::Cause::stopping) {
        in_doubt("truerelay was stopped while it handed over the end");
        co_return;
      }
      // Not all bytes were handed on, so the upstream cannot have the whole message.
      co_await recover();
      co_return;
    }
    // From here on the upstream has the whole message: there is no second try without an answer.
    const io::Time sent_at = clock_.now();
    parts_.client.read_ahead();  // So that it is noticed when it leaves.
    const io::Time until = sent_at + settings().final_reply_timeout;
    Result<smtp::Reply> reply = co_await upstream().final_reply(until);
    co_await judge(std::move(reply));
    if (delivery_) {
      delivery_->data = sent_at - started_;
      delivery_->answer = clock_.now() - sent_at;
    }
  }

  // The upstream's answer to the whole message.
  io::Task<void> judge(Result<smtp::Reply> reply) {
    if (!reply || reply->intermediate()) {
      upstream().close();
      in_doubt(reply ? "" : reply.error().detail);
      co_return;
    }
    answered_ = true;
    // A refused chunk leaves the transaction open (RFC 3030 section 2).
    upstream().needs_reset = sender_->transfer() == Transfer::chunks && !reply->completion();
    if (reply->completion()) {
      accept(parts_.transaction.as_told(*std::move(reply)));
      co_return;
    }
    co_await hear_refusal(*std::move(reply));
  }

  void accept(smtp::Reply reply) {
    end(Outcome::accepted, std::move(reply));
    delivery_->message = message_;
    if (message_ && parts_.client.left()) {
      // At once, for a second copy that waits for this outcome goes on when the ticket goes.
      parts_.services.duplicates.remember(*message_, delivery_->reply,
                                          clock_.now() + parts_.listener.duplicate_window);
    }
  }

  // It refused the message, which it may yet take: in another way, or later.
  io::Task<void> hear_refusal(smtp::Reply refusal) {
    if (sender_->transfer() == Transfer::chunks && is_about_chunks(refusal)) {
      parts_.transaction.upstream().fail_chunks("it said " + smtp::one_line(refusal));
      upstream().close();  // It may have taken the chunks' octets for commands.
      co_await repair({Failure::Cause::chunks_failed, "it said", std::move(refusal)});
      co_return;
    }
    if (parts_.transaction.throttled(refusal) && content_.whole()) {
      const io::Time before = clock_.now();
      std::optional<Result<smtp::Reply>> again = co_await parts_.transaction.put_off();
      waited_for_upstream_ += clock_.now() - before;
      if (again) {
        co_await begin_again(*std::move(again));
        co_return;
      }
    }
    co_await refuse(Outcome::refused, std::move(refusal));
  }

  // The upstream ended the content before its end: it said why, or the connection is lost.
  io::Task<void> recover() {
    Failure failure = std::exchange(failure_, std::nullopt)
                          .value_or(Failure{Failure::Cause::connection_lost,
                                            "in the middle of the message", std::nullopt});
    const std::optional<Result<smtp::Reply>> early =
        sender_->begun() ? upstream().early_reply() : std::nullopt;
    const bool refused = early && *early && !(*early)->completion() && !(*early)->intermediate();
    if (!refused && sender_->transfer() == Transfer::chunks &&
        failure.cause == Failure::Cause::no_answer) {
      parts_.transaction.upstream().stall_in_chunk();
    }
    if (early && !*early) {
      failure = early->error();
    } else if (refused && (*early)->code == 421) {
      failure = {Failure::Cause::connection_closed, "", **early};
    } else if (refused) {
      co_await hear_refusal(**early);
      co_return;
    } else if (early && (*early)->completion() && completing_) {
      upstream().close();
      in_doubt("it accepted the message before it had all of it");
      co_return;
    } else if (early) {
      co_await refuse_for({Failure::Cause::protocol_violation,
                           "it answered before the end of the message", **early});
      co_return;
    }
    co_await repair(std::move(failure));
  }

  // T4: another connection, as long as all of the content is still there.
  io::Task<void> repair(Failure failure) {
    if (!content_.whole()) {
      co_await refuse_for(std::move(failure));
      co_return;
    }
    const io::Time before = clock_.now();
    Result<smtp::Reply> again = co_await parts_.transaction.repair(std::move(failure));
    waited_for_upstream_ += clock_.now() - before;
    co_await begin_again(std::move(again));
  }

  io::Task<void> begin_again(Result<smtp::Reply> go_ahead) {
    if (!go_ahead) {
      co_await refuse_for(std::move(go_ahead.error()));
    } else if (!go_ahead->intermediate()) {
      co_await refuse(Outcome::refused, *std::move(go_ahead));
    } else {
      content_.rewind();
      begin();
    }
  }

  // --- The end ---

  // Nothing was sent and nothing will be: the upstream's transaction is aborted, the rest of the
  // client's data read to its end, and the refusal said in its place.
  io::Task<void> refuse(Outcome outcome, smtp::Reply reply) {
    abort();
    Buffer thrown_away;
    const std::uint64_t most = received_ + kMostThrownAway;
    while (!decoder_.finished() && received_ <= most) {
      take_what_arrived(thrown_away);
      thrown_away.clear();
      if (decoder_.finished()) {
        break;
      }
      const io::Channel::Arrival arrival = co_await parts_.client.wait(client_deadline());
      if (arrival != io::Channel::Arrival::bytes && client_stopped(arrival)) {
        give_up(arrival);
        if (arrival != io::Channel::Arrival::timed_out) {
          delivery_->reply = std::move(reply);
        }
        co_return;
      }
    }
    end(outcome, std::move(reply));
    delivery_->session_ends = !decoder_.finished();
  }

  io::Task<void> refuse_for(Failure failure) {
    smtp::Reply reply = reply_for(failure, settings());
    co_await refuse(Outcome::failed, std::move(reply));
  }

  // What the upstream has of the message is taken back.
  void abort() {
    if (sender_->begun() && !answered_) {
      parts_.transaction.stop();
    }
  }

  void in_doubt(std::string detail) {
    const Failure unknown{Failure::Cause::in_doubt, std::move(detail), std::nullopt};
    end(Outcome::in_doubt, reply_for(unknown, settings()));
  }

  void end(Outcome outcome, smtp::Reply reply) {
    delivery_.emplace();
    delivery_->outcome = outcome;
    delivery_->reply = std::move(reply);
    delivery_->size = decoder_.size();
    delivery_->data = clock_.now() - started_;
  }

  // --- Rule T7 ---

  // A message whose client has left without its answer may be this one: its outcome, once it is
  // known to be accepted, is the answer to this one, and nothing is sent twice.
  io::Task<bool> known_already() {
    if (!tag_ || ticket_) {
      co_return false;
    }
    Duplicates& duplicates = parts_.services.duplicates;
    message_ = digest_of(duplicates.key(), {.upstream = parts_.transaction.first_upstream(),
                                            .login = parts_.transaction.login(),
                                            .reverse_path = parts_.transaction.sender(),
                                            .recipients = parts_.transaction.accepted(),
                                            .content = tag_->finish(),
                                            .size = tag_->size()});
    parts_.client.read_ahead();  // So that it is noticed when it leaves while it waits.
    const io::Time until = clock_.now() + settings().final_reply_timeout;
    const bool settled = co_await duplicates.settled(*message_, until, parts_.services.stopped);
    if (!settled) {
      co_await refuse_for({Failure::Cause::first_copy_open, "", {}});
      co_return true;
    }
    if (const smtp::Reply* acceptance = duplicates.find(*message_)) {
      smtp::Reply reply = *acceptance;
      abort();
      end(Outcome::accepted, std::move(reply));
      delivery_->duplicate = true;
      delivery_->message = message_;
      co_return true;
    }
    ticket_.emplace(duplicates, *message_);
    if (parts_.client.left()) {
      ticket_->leave();
    }
    parts_.client.when_left([](void* ticket) { static_cast<Duplicates::Ticket*>(ticket)->leave(); },
                            &*ticket_);
    co_return false;
  }

  struct NoticeEnds {
    Client& client;
    ~NoticeEnds() { client.when_left(nullptr, nullptr); }
  };

  BodyParts parts_;
  const io::Clock& clock_;
  smtp::DotDecoder decoder_;
  Content content_;
  std::optional<ContentSender> sender_;  // The attempt under way.
  std::optional<digest::ContentTag> tag_;
  std::optional<digest::Digest> message_;
  std::optional<Duplicates::Ticket> ticket_;
  NoticeEnds notice_{parts_.client};
  std::optional<Failure> failure_;
  std::optional<Delivery> delivery_;
  bool completing_ = false;     // The last byte may have been handed on,
  bool answered_ = false;       // and the upstream has answered it.
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
