#include "relay/transaction.h"

#include <algorithm>
#include <utility>

#include "relay/own_replies.h"

namespace truerelay::relay {
namespace {

// A connection that was not used for a while may lead nowhere, without anybody having said so: a
// firewall forgot it. If it does not answer within so long, another one is asked.
constexpr io::Duration kLongestUnproven = std::chrono::seconds(10);
constexpr io::Duration kProven = std::chrono::seconds(1);

// A message that costs each connection its life is not tried on all of them.
constexpr unsigned kMostRepairs = 5;

}  // namespace

Transaction::Transaction(smtp::Mail mail, UpstreamSide& side, observe::MessageRecord record)
    : mail_(std::move(mail)), side_(side), record_(std::move(record)), upstream_(&side.upstream) {
  record_.sender = mail_.reverse_path.text();
}

// --- The envelope ---

io::Task<smtp::Reply> Transaction::offer_sender() {
  begin_step();
  Result<EnvelopeAnswers> answers = co_await say({});
  if (!answers) {
    co_return break_with(answers.error());
  }
  sender_told_ = answers->sender.completion();
  co_return std::move(answers->sender);
}

io::Task<std::vector<smtp::Reply>> Transaction::offer(std::vector<smtp::Recipient> recipients) {
  begin_step();
  const io::Time started = now();
  const io::Duration connecting = record_.connect;
  std::vector<smtp::Reply> replies;
  if (broken_ || sender_refused_) {
    replies.assign(recipients.size(), broken_ ? *broken_ : *sender_refused_);
  } else {
    Result<EnvelopeAnswers> answers = co_await say(recipients);
    if (answers) {
      replies = std::move(answers->recipients);
    } else {
      replies.assign(recipients.size(), break_with(answers.error()));
    }
  }
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    record_.recipients.push_back({recipients[i].forward_path.text(), smtp::one_line(replies[i])});
    if (replies[i].completion()) {
      accepted_.push_back(std::move(recipients[i]));
    }
  }
  sender_told_ = sender_told_ || !accepted_.empty();
  if (sender_refused_) {
    end_lease();  // For somebody else: this transaction asks the upstream nothing more.
  }
  record_.envelope += now() - started - (record_.connect - connecting);
  last_reply_ = replies.back();
  co_return replies;
}

// Until there are answers that may be told, or no further try is worth it or allowed.
io::Task<Result<EnvelopeAnswers>> Transaction::say(std::span<const smtp::Recipient> fresh) {
  while (true) {
    Result<EnvelopeAnswers> answers = co_await say_once(fresh);
    const bool again =
        answers ? throttled(*answers) && now() < patience_until_ : may_try_again(answers.error());
    if (!again) {
      if (!answers) {
        end_lease();
      }
      co_return answers;
    }
    end_lease();
  }
}

// On a new lease the whole envelope as far as the client knows it, and the fresh recipients; else
// these alone.
io::Task<Result<EnvelopeAnswers>> Transaction::say_once(std::span<const smtp::Recipient> fresh) {
  if (!lease_) {
    Result<void> leased = co_await take_lease();
    if (!leased) {
      co_return std::unexpected(std::move(leased.error()));
    }
  }
  const bool anew = !open_;
  const bool told_beyond_ascii = (sender_told_ && mail_.reverse_path.needs_smtp_utf8()) ||
                                 std::ranges::any_of(accepted_, [](const smtp::Recipient& each) {
                                   return each.forward_path.needs_smtp_utf8();
                                 });
  if (!lease_->offered.smtp_utf8 && told_beyond_ascii) {
    co_return fail(Failure::Cause::answers_changed,
                   "there it offers no addresses beyond ASCII (SMTPUTF8)");
  }
  if (!lease_->offered.smtp_utf8 && mail_.reverse_path.needs_smtp_utf8()) {
    co_return fail(Failure::Cause::needs_smtp_utf8, "");
  }
  std::vector<smtp::Recipient> recipients;
  if (anew) {
    recipients = accepted_;
  }
  const std::size_t known = recipients.size();
  std::ranges::copy_if(fresh, std::back_inserter(recipients),
                       [&](const smtp::Recipient& each) { return takes(each); });
  EnvelopeAnswers answers;
  if (!recipients.empty() || fresh.empty()) {
    const io::Duration each = upstream_->settings().reply_timeout;
    Result<EnvelopeAnswers> heard =
        co_await send_envelope(*lease_, {anew ? &mail_ : nullptr, recipients},
                               proven_ || !anew ? each : std::min(each, kLongestUnproven), each,
                               side_.upstream.parts().clock);
    if (!heard) {
      co_return heard;
    }
    answers = *std::move(heard);
    if (anew) {
      open_ = answers.sender.completion();
      sender_refused_.reset();
      if (!open_) {
        sender_refused_ = answers.sender;
      }
    }
    const bool kept = (open_ || !sender_told_) &&
                      std::all_of(answers.recipients.begin(),
                                  answers.recipients.begin() + static_cast<std::ptrdiff_t>(known),
                                  [](const smtp::Reply& reply) { return reply.completion(); });
    if (!kept) {
      co_return fail(Failure::Cause::answers_changed, "it said", change_in(answers, known));
    }
  }
  // In the order of the fresh ones, those that this upstream cannot take included.
  std::vector<smtp::Reply> told;
  auto next = answers.recipients.begin() + static_cast<std::ptrdiff_t>(known);
  for (const smtp::Recipient& each : fresh) {
    told.push_back(takes(each) ? std::move(*next++) : beyond_ascii());
  }
  answers.recipients = std::move(told);
  co_return answers;
}

io::Task<Result<void>> Transaction::take_lease() {
  const io::Time started = now();
  const Asker asker{.group = &side_.listener,
                    .client = &side_.client,
                    .until = patience_until_,
                    .cancellation = side_.cancellation};
  Result<Lease> lease = co_await side_.upstream.lease(side_.credentials(), asker);
  record_.connect += now() - started;
  if (!lease) {
    co_return std::unexpected(std::move(lease.error()));
  }
  lease_ = *std::move(lease);
  upstream_ = &lease_.upstream();
  leased_ = now();
  proven_ = leased_ - lease_->heard_last < kProven;
  record_.upstream = upstream_->settings().name;
  record_.fallback_of = upstream_ == &side_.upstream ? "" : side_.upstream.settings().name;
  record_.upstream_address = lease_->address;
  record_.user = lease_->user;
  record_.tls = lease_->tls.version.empty() ? "" : lease_->tls.version + " " + lease_->tls.cipher;
  co_return Result<void>{};
}

// T4: the client was told nothing that another connection could not make true.
bool Transaction::may_try_again(const Failure& failure) {
  using Cause = Failure::Cause;
  if (!lease_) {
    return false;
  }
  if (failure.words && throttled(*failure.words)) {
    return now() < patience_until_;
  }
  const bool used_before = lease_->messages > 1 || !proven_;
  if (failure.cause == Cause::no_answer) {
    return !proven_ && lease_->heard_last <= leased_;  // Not even a first answer came.
  }
  if (failure.cause != Cause::connection_lost && failure.cause != Cause::connection_closed) {
    return false;
  }
  return used_before || fresh_failures_++ == 0;
}

bool Transaction::throttled(const smtp::Reply& reply) {
  const std::optional<Throttle> throttle = throttle_in(reply);
  if (throttle) {
    lease_.identity().slow_down(*throttle);
  }
  return throttle.has_value();
}

bool Transaction::throttled(const EnvelopeAnswers& answers) {
  return throttled(answers.sender) ||
         std::ranges::any_of(answers.recipients,
                             [this](const smtp::Reply& reply) { return throttled(reply); });
}

// What became of what the client was told: of several changes one that passes, if there is one.
smtp::Reply Transaction::change_in(const EnvelopeAnswers& answers, std::size_t known) const {
  if (!open_) {
    return answers.sender;
  }
  const std::span<const smtp::Reply> again = std::span(answers.recipients).first(known);
  const auto passing = std::ranges::find_if(
      again, [](const smtp::Reply& reply) { return throttle_in(reply).has_value(); });
  return passing != again.end()
             ? *passing
             : *std::ranges::find_if(again, [](const auto& reply) { return !reply.completion(); });
}

void Transaction::end_lease() {
  lease_.end();
  open_ = false;
}

void Transaction::begin_step() { patience_until_ = now() + side_.upstream.settings().patience; }

bool Transaction::takes(const smtp::Recipient& recipient) const {
  return lease_->offered.smtp_utf8 || !recipient.forward_path.needs_smtp_utf8();
}

smtp::Reply Transaction::beyond_ascii() const {
  return reply_for({Failure::Cause::needs_smtp_utf8, "", std::nullopt}, upstream_->settings());
}

// --- The content ---

io::Task<smtp::Reply> Transaction::open_data() {
  begin_step();
  if (broken_) {
    co_return *broken_;
  }
  Result<smtp::Reply> reply = co_await ask_for_content();
  co_return reply ? *std::move(reply) : break_with(reply.error());
}

io::Task<Result<smtp::Reply>> Transaction::ask_for_content() {
  std::optional<smtp::Reply> throttle;
  while (true) {
    if (!open_) {
      Result<EnvelopeAnswers> said = co_await say({});
      if (!said && throttle && said.error().cause == Failure::Cause::over_budget) {
        co_return *std::move(throttle);
      }
      if (!said) {
        co_return std::unexpected(std::move(said.error()));
      }
    }
    if (lease_.upstream().takes_chunks(lease_->offered)) {
      transfer_ = Transfer::chunks;
      co_return own::go_ahead();
    }
    transfer_ = Transfer::data;
    // A flight of its own, even where the client has sent DATA behind its recipients: were all of
    // them refused, an upstream that says 354 all the same wants a message (RFC 2920 section 3.1).
    const io::Time until = now() + upstream_->settings().reply_timeout;
    Result<smtp::Reply> reply = co_await lease_->ask("DATA\r\n", until);
    if (reply && reply->code == 421) {
      reply = fail(Failure::Cause::connection_closed, "", *std::move(reply));
    }
    if (!reply && may_try_again(reply.error())) {
      end_lease();
      continue;
    }
    if (reply && throttled(*reply) && now() < patience_until_) {
      end_lease();
      throttle = *std::move(reply);
      continue;
    }
    if (reply && (reply->completion() || (reply->intermediate() && reply->code != 354))) {
      lease_->close();
      co_return fail(Failure::Cause::protocol_violation, "it answered DATA with",
                     *std::move(reply));
    }
    co_return reply;
  }
}

io::Task<Result<smtp::Reply>> Transaction::repair(Failure failure) {
  using Cause = Failure::Cause;
  begin_step();
  const bool other_way = failure.cause == Cause::chunks_failed || failure.cause == Cause::no_answer;
  const bool again = record_.repairs < kMostRepairs &&
                     (other_way ? fresh_failures_++ == 0 : may_try_again(failure));
  if (!again) {
    co_return std::unexpected(std::move(failure));
  }
  lease_->close();
  end_lease();
  ++record_.repairs;
  Result<smtp::Reply> reply = co_await ask_for_content();
  co_return reply;
}

io::Task<std::optional<Result<smtp::Reply>>> Transaction::put_off() {
  std::optional<Result<smtp::Reply>> outcome;
  if (!std::exchange(waits_for_the_end_, true)) {
    begin_step();
  }
  if (now() >= patience_until_) {
    co_return outcome;
  }
  end_lease();
  ++record_.repairs;
  Result<smtp::Reply> reply = co_await ask_for_content();
  if (reply || reply.error().cause != Failure::Cause::over_budget) {
    outcome = std::move(reply);
  }
  co_return outcome;
}

smtp::Reply Transaction::as_told(smtp::Reply acceptance) const {
  if (record_.fallback_of.empty()) {
    return acceptance;
  }
  return own::taken_by_fallback(std::move(acceptance), record_.upstream, record_.fallback_of);
}

std::vector<std::string> Transaction::accepted() const {
  std::vector<std::string> recipients;
  for (const smtp::Recipient& recipient : accepted_) {
    recipients.push_back(recipient.forward_path.text());
  }
  return recipients;
}

// --- Its end ---

observe::Outcome Transaction::outcome_without_data() const {
  if (broken_) {
    return observe::Outcome::failed;
  }
  return accepted_.empty() ? observe::Outcome::refused : observe::Outcome::abandoned;
}

std::uint64_t Transaction::size_limit() const {
  const smtp::Capabilities& offered = lease_->offered;
  return offered.size_offered ? offered.size : 0;
}

void Transaction::stop() {
  if (lease_) {
    lease_->close();
  }
}

smtp::Reply Transaction::break_with(const Failure& failure) {
  broken_ = reply_for(failure, upstream_->settings());
  return *broken_;
}

}  // namespace truerelay::relay
