#include "sandbox/transaction.h"

#include <algorithm>
#include <string>

namespace truerelay::sandbox {
namespace {

smtp::Reply not_offered(const char* parameter) {
  return {555, std::string("5.5.4 Unsupported option: ") + parameter};
}

}  // namespace

std::size_t Transaction::accepted_recipients() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      envelope.recipients,
      [](const RecipientAnswer& recipient) { return recipient.reply.completion(); }));
}

OrderedEnding ordered_ending(const Transaction& transaction) {
  OrderedEnding ending;
  for (const Order& order : transaction.orders) {
    if (order.kind == Order::Kind::wait_data) {
      ending.delay = std::max(ending.delay, order.delay);
    } else if (ending.order.kind == Order::Kind::none) {
      ending.order = order;
    }
  }
  return ending;
}

std::optional<smtp::Reply> objection(const smtp::Mail& mail, const Settings& settings) {
  const smtp::Capabilities& offers = settings.offers;
  if (mail.size && !offers.size_offered) {
    return not_offered("SIZE");
  }
  if (mail.body && !offers.eight_bit_mime) {
    return not_offered("BODY");
  }
  if (mail.smtp_utf8 && !offers.smtp_utf8) {
    return not_offered("SMTPUTF8");
  }
  if ((mail.ret || mail.envid) && !offers.dsn) {
    return not_offered(mail.ret ? "RET" : "ENVID");
  }
  if (mail.reverse_path.needs_smtp_utf8() && !mail.smtp_utf8) {
    return smtp::Reply(553, "5.6.7 The address needs SMTPUTF8");
  }
  if (mail.size && *mail.size > settings.largest_message) {
    return smtp::Reply(552, "5.3.4 Message size exceeds fixed maximum message size");
  }
  return std::nullopt;
}

std::optional<smtp::Reply> objection(const smtp::Recipient& recipient,
                                     const Transaction& transaction, const Settings& settings) {
  if ((!recipient.notify.empty() || recipient.orcpt_type) && !settings.offers.dsn) {
    return not_offered(recipient.notify.empty() ? "ORCPT" : "NOTIFY");
  }
  if (recipient.forward_path.needs_smtp_utf8() && !transaction.envelope.mail.smtp_utf8) {
    return smtp::Reply(553, "5.6.7 The address needs SMTPUTF8");
  }
  // Refused ones count too, so that the envelope stays bounded.
  if (transaction.accepted_recipients() >= settings.most_recipients ||
      transaction.envelope.recipients.size() >= 2 * settings.most_recipients) {
    return smtp::Reply(452, "4.5.3 Too many recipients");
  }
  return std::nullopt;
}

}  // namespace truerelay::sandbox
