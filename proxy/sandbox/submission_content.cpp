// The second half of a transaction: DATA, BDAT, and the decision at their end.
#include <fmt/core.h>

#include <utility>

#include "io/sleep.h"
#include "sandbox/body.h"
#include "sandbox/replies.h"
#include "sandbox/submission.h"

namespace truerelay::sandbox {

std::optional<smtp::Reply> Submission::unready_for_data() const {
  if (!transaction_ || transaction_->envelope.recipients.empty()) {
    return smtp::Reply(503, "5.5.1 MAIL and RCPT come before the data");
  }
  if (transaction_->message != nullptr) {
    return smtp::Reply(503, "5.5.1 BDAT has begun; DATA does not go with it");
  }
  if (transaction_->accepted_recipients() == 0) {
    return smtp::Reply(554, "5.5.1 No valid recipients");
  }
  return std::nullopt;
}

std::optional<smtp::Reply> Submission::unready_for_chunk() const {
  if (!settings_.offers.chunking) {
    return smtp::Reply(502, "5.5.1 BDAT is not offered");
  }
  if (transaction_ && transaction_->settled) {
    return smtp::Reply(503, "5.5.1 The message was refused; RSET comes first");
  }
  if (transaction_ && transaction_->message != nullptr) {
    return std::nullopt;
  }
  return unready_for_data();
}

void Submission::begin_message(IncomingMessage::Form form) {
  transaction_->message = std::make_unique<IncomingMessage>(
      services_.ledger.content(transaction_->envelope), settings_, form);
  if (ordered_ending(*transaction_).order.kind == Order::Kind::answer_early) {
    transaction_->message->answer_early();
  }
}

io::Task<void> Submission::data() {
  if (std::optional<smtp::Reply> unready = unready_for_data()) {
    object(*std::move(unready));
    co_return;
  }
  begin_message(IncomingMessage::Form::dotted);
  answer({354, "Start mail input; end with <CRLF>.<CRLF>"});
  smtp::DotDecoder decoder(settings_.strict_line_ends ? smtp::LineEnds::reject
                                                      : smtp::LineEnds::normalize);
  Pace pace(settings_.deadlines, services_.clock.now());
  IncomingMessage& message = *transaction_->message;
  io::Result<Progress> progress = co_await receive_data(connection_, pace, decoder, message);
  if (progress == Progress::early_answer_due) {
    message.early_answer_given();
    co_await refuse_message(ordered_reply(ordered_ending(*transaction_).order.code, Stage::data));
    if (end_ != End::none) {
      co_return;
    }
    progress = co_await receive_data(connection_, pace, decoder, message);
  }
  if (!progress) {
    content_broken(progress.error());
    co_return;
  }
  co_await conclude();
}

io::Task<void> Submission::bdat(smtp::Bdat chunk) {
  if (std::optional<smtp::Reply> unready = unready_for_chunk()) {
    co_await refuse_chunk(chunk, *std::move(unready));
    co_return;
  }
  if (transaction_->message == nullptr) {
    begin_message(IncomingMessage::Form::chunked);
  }
  Pace pace(settings_.deadlines, services_.clock.now());
  IncomingMessage& message = *transaction_->message;
  std::uint64_t left = chunk.size;
  io::Result<Progress> progress = co_await receive_chunk(connection_, pace, left, message);
  if (progress == Progress::early_answer_due) {
    message.early_answer_given();
    co_await refuse_message(ordered_reply(ordered_ending(*transaction_).order.code, Stage::data));
    if (end_ != End::none) {
      co_return;
    }
    progress = co_await receive_chunk(connection_, pace, left, message);
  }
  if (!progress) {
    content_broken(progress.error());
  } else if (chunk.last) {
    co_await conclude();
  } else if (transaction_->settled) {
    co_return;  // Answered before the chunk had come to its end.
  } else if (message.refusal()) {
    co_await refuse_message(*message.refusal());
  } else {
    answer({250, fmt::format("2.0.0 {} octets received", chunk.size)});
  }
}

io::Task<void> Submission::refuse_chunk(smtp::Bdat chunk, smtp::Reply reply) {
  if (chunk.size > settings_.largest_message) {
    answer(reply);
    end(End::finish, "a chunk larger than a message may be");
    co_return;
  }
  Pace pace(settings_.deadlines, services_.clock.now());
  io::Result<void> discarded = co_await discard_chunk(connection_, pace, chunk.size);
  if (!discarded) {
    broken(discarded.error());
    co_return;
  }
  object(std::move(reply));
}

void Submission::content_broken(const io::Failure& failure) {
  if (failure.kind == io::Failure::Kind::too_long && !transaction_->settled) {
    connection_.say(smtp::Reply(552, "5.3.4 Message size exceeds fixed limit, closing"));
    end(End::finish, failure.detail);
  } else {
    end(End::drop, failure.detail);
  }
}

io::Task<void> Submission::refuse_message(smtp::Reply reply) {
  transaction_->settled = true;
  transaction_->message->refuse(reply);
  services_.ledger.refused(transaction_->envelope, transaction_->message->content(), reply);
  answer(reply);
  io::Result<void> written = co_await connection_.flush();
  services_.ledger.answered(transaction_->envelope, written.has_value());
  if (!written) {
    broken(written.error());
  }
}

io::Task<void> Submission::conclude() {
  const OrderedEnding ordered = ordered_ending(*transaction_);
  IncomingMessage& message = *transaction_->message;
  if (transaction_->settled) {
    transaction_.reset();
    co_return;
  }
  if (ordered.delay.count() > 0) {
    const bool reached =
        co_await io::Sleep(services_.clock, services_.executor,
                           services_.clock.now() + ordered.delay, services_.cancellation);
    if (!reached) {
      end(End::drop, "the sandbox stops");
      co_return;
    }
  }
  if (ordered.order.kind == Order::Kind::drop_data) {
    end(End::drop, "dropped after the data, as a recipient ordered");
    co_return;
  }
  if (ordered.order.kind == Order::Kind::answer_data ||
      ordered.order.kind == Order::Kind::answer_early) {
    message.refuse(ordered_reply(ordered.order.code, Stage::data));
  }
  message.keep();
  if (message.refusal()) {
    co_await refuse_message(*message.refusal());
    transaction_.reset();
    co_return;
  }
  // From here on the message is accepted, whatever becomes of the connection.
  smtp::Reply reply = accepted_reply(settings_, transaction_->envelope);
  transaction_->settled = true;
  services_.ledger.accepted(transaction_->envelope, message.content(), reply);
  if (ordered.order.kind == Order::Kind::drop_after_accept) {
    services_.ledger.answered(transaction_->envelope, false);
    end(End::drop, "dropped after the acceptance, as a recipient ordered");
    co_return;
  }
  answer(reply);
  io::Result<void> written = co_await connection_.flush();
  services_.ledger.answered(transaction_->envelope, written.has_value());
  if (!written) {
    broken(written.error());
  }
  transaction_.reset();
}

}  // namespace truerelay::sandbox
