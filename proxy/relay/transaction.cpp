#include "relay/transaction.h"

#include <utility>

#include "relay/own_replies.h"

namespace truerelay::relay {
namespace {

bool connection_is_gone(const Result<smtp::Reply>& answer) {
  return answer ? answer->code == 421 : answer.error().cause == Failure::Cause::connection_lost;
}

}  // namespace

Transaction::Transaction(smtp::Mail mail, UpstreamSide& side, observe::MessageRecord record)
    : mail_(std::move(mail)), side_(side), record_(std::move(record)) {
  record_.sender = mail_.reverse_path.text();
}

io::Task<smtp::Reply> Transaction::offer_sender() {
  Result<smtp::Reply> answer = co_await begin(nullptr);
  co_return answer ? *std::move(answer) : break_with(answer.error());
}

io::Task<smtp::Reply> Transaction::offer(smtp::Recipient recipient) {
  const io::Clock& clock = side_.upstream.parts().clock;
  const io::Time started = clock.now();
  const io::Duration connecting = record_.connect;
  smtp::Reply reply;
  if (broken_) {
    reply = *broken_;
  } else if (sender_refused_) {
    reply = *sender_refused_;
  } else {
    Result<smtp::Reply> heard = co_await answer_to(recipient);
    reply = heard ? *std::move(heard) : break_with(heard.error());
  }
  accepted_ += reply.completion() ? 1 : 0;
  record_.recipients.push_back({recipient.forward_path.text(), smtp::one_line(reply)});
  record_.envelope += clock.now() - started - (record_.connect - connecting);
  last_reply_ = reply;
  co_return reply;
}

io::Task<Result<smtp::Reply>> Transaction::answer_to(const smtp::Recipient& recipient) {
  if (!begun_) {
    Result<smtp::Reply> first = co_await begin(&recipient);
    co_return first;
  }
  if (!can_take(recipient)) {
    co_return beyond_ascii();
  }
  connection().queue(smtp::serialize(recipient, connection().offered));
  Result<void> sent = co_await connection().send(reply_deadline());
  if (!sent) {
    co_return std::unexpected(std::move(sent.error()));
  }
  Result<smtp::Reply> heard = co_await answer();
  co_return heard;
}

// Nobody has been told anything yet, so where a connection from an earlier transaction turns out to
// be closed, a new one is as good (rule T4).
io::Task<Result<smtp::Reply>> Transaction::begin(const smtp::Recipient* first) {
  if (side_.connection && !side_.connection->stale()) {
    Result<smtp::Reply> heard = co_await begin_on_connection(first);
    if (!connection_is_gone(heard)) {
      co_return heard;
    }
    begun_ = false;
    sender_refused_.reset();
  }
  Result<void> connected = co_await connect();
  if (!connected) {
    co_return std::unexpected(std::move(connected.error()));
  }
  Result<smtp::Reply> heard = co_await begin_on_connection(first);
  co_return heard;
}

io::Task<Result<void>> Transaction::connect() {
  const io::Clock& clock = side_.upstream.parts().clock;
  const io::Time started = clock.now();
  side_.connection.reset();
  Result<std::unique_ptr<UpstreamConnection>> opened =
      co_await side_.upstream.open(side_.credentials(), side_.cancellation);
  record_.connect += clock.now() - started;
  if (!opened) {
    co_return std::unexpected(std::move(opened.error()));
  }
  side_.connection = std::move(*opened);
  co_return Result<void>{};
}

// RSET where an earlier transaction was left open, MAIL, and the first recipient: one flight where
// the upstream takes several commands at once (RFC 2920), else one after the other.
io::Task<Result<smtp::Reply>> Transaction::begin_on_connection(const smtp::Recipient* first) {
  UpstreamConnection& upstream = connection();
  record_.upstream_address = upstream.address;
  record_.user = upstream.user;
  record_.tls =
      upstream.tls.version.empty() ? "" : upstream.tls.version + " " + upstream.tls.cipher;
  if (!upstream.offered.smtp_utf8 && mail_.reverse_path.needs_smtp_utf8()) {
    co_return fail(Failure::Cause::needs_smtp_utf8, "");
  }
  if (first != nullptr && !can_take(*first)) {
    co_return beyond_ascii();
  }
  const bool at_once = upstream.offered.pipelining;
  const bool reset = std::exchange(upstream.needs_reset, true);

  if (reset) {
    upstream.queue("RSET\r\n");
  }
  if (reset && !at_once) {
    Result<void> sent_alone = co_await upstream.send(reply_deadline());
    if (!sent_alone) {
      co_return std::unexpected(std::move(sent_alone.error()));
    }
    Result<void> forgotten = co_await hear_reset();
    if (!forgotten) {
      co_return std::unexpected(std::move(forgotten.error()));
    }
  }
  upstream.queue(smtp::serialize(mail_, upstream.offered));
  if (first != nullptr && at_once) {
    upstream.queue(smtp::serialize(*first, upstream.offered));
  }
  Result<void> sent = co_await upstream.send(reply_deadline());
  if (!sent) {
    co_return std::unexpected(std::move(sent.error()));
  }
  if (reset && at_once) {
    Result<void> forgotten = co_await hear_reset();
    if (!forgotten) {
      co_return std::unexpected(std::move(forgotten.error()));
    }
  }
  Result<smtp::Reply> sender = co_await answer();
  // After 421 no other answer comes, whatever went out with it.
  if (!sender || sender->code == 421) {
    co_return sender;
  }
  begun_ = sender->completion();
  if (!begun_) {
    sender_refused_ = *sender;
  }
  if (first == nullptr || (!begun_ && !at_once)) {
    co_return sender;
  }
  if (!at_once) {
    upstream.queue(smtp::serialize(*first, upstream.offered));
    sent = co_await upstream.send(reply_deadline());
    if (!sent) {
      co_return std::unexpected(std::move(sent.error()));
    }
  }
  Result<smtp::Reply> recipient = co_await answer();
  if (!begun_) {
    co_return sender;
  }
  co_return recipient;
}

// An upstream that does not forget a transaction cannot take another on this connection.
io::Task<Result<void>> Transaction::hear_reset() {
  Result<smtp::Reply> forgotten = co_await answer();
  if (forgotten && !forgotten->completion()) {
    connection().close();
    co_return fail(Failure::Cause::connection_lost, "it answered RSET with", *forgotten);
  }
  if (!forgotten) {
    co_return std::unexpected(std::move(forgotten.error()));
  }
  co_return Result<void>{};
}

bool Transaction::can_take(const smtp::Recipient& recipient) {
  return connection().offered.smtp_utf8 || !recipient.forward_path.needs_smtp_utf8();
}

smtp::Reply Transaction::beyond_ascii() const {
  return reply_for({Failure::Cause::needs_smtp_utf8, "", std::nullopt}, side_.upstream.settings());
}

io::Time Transaction::reply_deadline() const {
  return side_.upstream.parts().clock.now() + side_.upstream.settings().reply_timeout;
}

io::Task<Result<smtp::Reply>> Transaction::answer() {
  Result<smtp::Reply> reply = co_await connection().reply(reply_deadline());
  if (reply && reply->intermediate()) {
    connection().close();
    co_return fail(Failure::Cause::protocol_violation, "it answered a command with", *reply);
  }
  co_return reply;
}

io::Task<smtp::Reply> Transaction::open_data() {
  if (broken_) {
    co_return *broken_;
  }
  Result<smtp::Reply> reply = co_await connection().ask("DATA\r\n", reply_deadline());
  if (!reply) {
    co_return break_with(reply.error());
  }
  if (reply->completion() || (reply->intermediate() && reply->code != 354)) {
    connection().close();
    co_return break_with(
        {Failure::Cause::protocol_violation, "it answered DATA with", *std::move(reply)});
  }
  co_return *std::move(reply);
}

observe::Outcome Transaction::outcome_without_data() const {
  if (broken_) {
    return observe::Outcome::failed;
  }
  return accepted_ > 0 ? observe::Outcome::abandoned : observe::Outcome::refused;
}

std::uint64_t Transaction::size_limit() const {
  const smtp::Capabilities& offered = side_.connection->offered;
  return offered.size_offered ? offered.size : 0;
}

smtp::Reply Transaction::break_with(const Failure& failure) {
  broken_ = reply_for(failure, side_.upstream.settings());
  return *broken_;
}

}  // namespace truerelay::relay
