// The first half of a transaction: MAIL and RCPT.
#include <utility>

#include "io/sleep.h"
#include "sandbox/orders.h"
#include "sandbox/replies.h"
#include "sandbox/submission.h"

namespace truerelay::sandbox {

std::optional<smtp::Reply> Submission::unready_for_mail() const {
  if (!hello_) {
    return smtp::Reply(503, "5.5.1 Send EHLO first");
  }
  if (transaction_) {
    return smtp::Reply(503, "5.5.1 A transaction is open already");
  }
  if (settings_.require_tls && !secured_) {
    return smtp::Reply(530, "5.7.0 Must issue a STARTTLS command first");
  }
  if (settings_.require_auth && !user_) {
    return smtp::Reply(530, "5.7.0 Authentication required");
  }
  if (settings_.most_messages != 0 && transactions_ >= settings_.most_messages) {
    return smtp::Reply(421, "4.7.0 Too many messages on this connection, closing it");
  }
  return std::nullopt;
}

bool Submission::at_once(const smtp::Mail& mail) {
  if (std::optional<smtp::Reply> unready = unready_for_mail()) {
    object(*std::move(unready));
    return true;
  }
  Transaction transaction;
  transaction.envelope.connection = id_;
  transaction.envelope.transaction = transactions_ + 1;
  transaction.envelope.helo = hello_->domain;
  transaction.envelope.user = user_.value_or("");
  transaction.envelope.secured = secured_;
  transaction.envelope.mail = mail;

  smtp::Reply reply(250, "2.1.0 Sender OK");
  const Order order = parse_order(mail.reverse_path.local_part);
  if (std::optional<smtp::Reply> against = objection(mail, settings_)) {
    reply = *std::move(against);
  } else if (order.kind == Order::Kind::answer) {
    reply = ordered_reply(order.code, Stage::sender);
  }
  services_.ledger.sender(transaction.envelope, reply);
  if (reply.completion()) {
    ++transactions_;
    transaction_ = std::move(transaction);
  }
  answer(reply);
  return true;
}

std::optional<smtp::Reply> Submission::unready_for_recipient() const {
  if (!transaction_) {
    return smtp::Reply(503, "5.5.1 MAIL comes before RCPT");
  }
  if (transaction_->message != nullptr) {
    return smtp::Reply(503, "5.5.1 RCPT does not come after BDAT");
  }
  return std::nullopt;
}

bool Submission::at_once(const smtp::Recipient& recipient) {
  if (std::optional<smtp::Reply> unready = unready_for_recipient()) {
    object(*std::move(unready));
    return true;
  }
  const Order order = parse_order(recipient.forward_path.local_part);
  if (std::optional<smtp::Reply> against = objection(recipient, *transaction_, settings_)) {
    record(recipient, *std::move(against), order);
    return true;
  }
  switch (order.kind) {
    case Order::Kind::wait:
    case Order::Kind::drop:
      return false;
    case Order::Kind::answer:
      record(recipient, ordered_reply(order.code, Stage::recipient), order);
      return true;
    case Order::Kind::misspelt:
      record(recipient,
             smtp::Reply(550,
                         "5.1.1 The local part looks like an order, but is none; see truerelay "
                         "sandbox --help"),
             order);
      return true;
    default:
      record(recipient, {250, "2.1.5 Recipient OK"}, order);
      return true;
  }
}

void Submission::record(const smtp::Recipient& recipient, smtp::Reply reply, Order order) {
  const bool about_data = order.kind != Order::Kind::none && order.kind != Order::Kind::wait;
  if (reply.completion() && about_data) {
    transaction_->orders.push_back(order);
  }
  transaction_->envelope.recipients.push_back({recipient, reply});
  services_.ledger.recipient(transaction_->envelope);
  answer(reply);
}

// RCPT with an order that takes time or ends the connection.
io::Task<void> Submission::delayed(smtp::Recipient recipient) {
  io::Result<void> flushed = co_await connection_.flush();
  if (!flushed) {
    broken(flushed.error());
    co_return;
  }
  const Order order = parse_order(recipient.forward_path.local_part);
  if (order.kind == Order::Kind::drop) {
    end(End::drop, "dropped, as the recipient ordered");
    co_return;
  }
  const bool reached =
      co_await io::Sleep(services_.clock, services_.executor, services_.clock.now() + order.delay,
                         services_.cancellation);
  if (!reached) {
    end(End::drop, "the sandbox stops");
    co_return;
  }
  record(recipient, {250, "2.1.5 Recipient OK"}, order);
}

}  // namespace truerelay::sandbox
