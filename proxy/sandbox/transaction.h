#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "sandbox/incoming_message.h"
#include "sandbox/ledger.h"
#include "sandbox/orders.h"
#include "sandbox/settings.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// A mail transaction from an accepted MAIL on (RFC 5321 section 3.3), and the rules for its parts.
struct Transaction {
  Envelope envelope;
  std::vector<Order> orders;                 // Of the accepted recipients, about the data.
  std::unique_ptr<IncomingMessage> message;  // From DATA or the first BDAT on.
  bool settled = false;                      // The ledger knows what became of the message.

  [[nodiscard]] std::size_t accepted_recipients() const;
};

// What the recipients' orders make of the end of the data: the longest wait, and the first order
// among the others.
struct OrderedEnding {
  std::chrono::seconds delay{0};
  Order order;  // none, answer_data, answer_early, drop_data or drop_after_accept
};
[[nodiscard]] OrderedEnding ordered_ending(const Transaction& transaction);

// Why a command cannot be taken, whatever its addresses order; nullopt: it can. Parameters of an
// extension that is not offered are refused (RFC 5321 section 4.1.1.11: 555).
[[nodiscard]] std::optional<smtp::Reply> objection(const smtp::Mail& mail,
                                                   const Settings& settings);
[[nodiscard]] std::optional<smtp::Reply> objection(const smtp::Recipient& recipient,
                                                   const Transaction& transaction,
                                                   const Settings& settings);

}  // namespace truerelay::sandbox
