#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "auth/credentials.h"
#include "io/cancellation.h"
#include "io/task.h"
#include "observe/events.h"
#include "relay/failure.h"
#include "relay/upstream.h"
#include "relay/upstream_connection.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// A session's way to its upstream: one connection at a time, kept from one transaction to the next.
struct UpstreamSide {
  Upstream& upstream;
  io::Cancellation& cancellation;                  // Ends what is under way upstream.
  std::optional<auth::Credentials> as_client;      // In passthrough, after AUTH.
  std::unique_ptr<UpstreamConnection> connection;  // Empty before the first transaction.

  [[nodiscard]] const auth::Credentials* credentials() const {
    return as_client ? &*as_client : nullptr;
  }
};

// One mail transaction (RFC 5321 section 3.3), from MAIL to the answer to DATA.
//
// MAIL is held back and goes out with the first recipient, whose answer carries a refusal of MAIL.
// What the client was told stays true, or all that follows is refused: once the upstream connection
// is lost after an accepted recipient, the transaction is broken and each further step hears why.
class Transaction {
 public:
  Transaction(smtp::Mail mail, UpstreamSide& side, observe::MessageRecord record);

  // MAIL alone, at once (`eager_mail`): its answer.
  io::Task<smtp::Reply> offer_sender();
  // The upstream's answer to this recipient.
  io::Task<smtp::Reply> offer(smtp::Recipient recipient);
  // DATA: 354 when the body may come.
  io::Task<smtp::Reply> open_data();

  [[nodiscard]] unsigned accepted_recipients() const { return accepted_; }
  [[nodiscard]] std::size_t offered_recipients() const { return record_.recipients.size(); }
  [[nodiscard]] UpstreamConnection& connection() { return *side_.connection; }
  // The relay could not go on with it: the upstream's connection was lost.
  [[nodiscard]] bool broken() const { return broken_.has_value(); }
  // How it stands where the client goes no further than its recipients.
  [[nodiscard]] observe::Outcome outcome_without_data() const;
  [[nodiscard]] const smtp::Reply& last_reply() const { return last_reply_; }
  [[nodiscard]] observe::MessageRecord& record() { return record_; }
  // What the upstream says of the size of a message; 0: nothing.
  [[nodiscard]] std::uint64_t size_limit() const;

 private:
  // Opens the transaction upstream, with the first recipient where there is one: the answer to the
  // last of the two that the upstream did not refuse before.
  io::Task<Result<smtp::Reply>> begin(const smtp::Recipient* first);
  io::Task<Result<smtp::Reply>> begin_on_connection(const smtp::Recipient* first);
  io::Task<Result<smtp::Reply>> answer_to(const smtp::Recipient& recipient);
  io::Task<Result<void>> connect();
  io::Task<Result<void>> hear_reset();
  [[nodiscard]] bool can_take(const smtp::Recipient& recipient);  // SMTPUTF8, RFC 6531
  [[nodiscard]] smtp::Reply beyond_ascii() const;
  // The reply that is due now, which must be 2xx, 4xx or 5xx.
  io::Task<Result<smtp::Reply>> answer();
  [[nodiscard]] io::Time reply_deadline() const;
  smtp::Reply break_with(const Failure& failure);

  smtp::Mail mail_;
  UpstreamSide& side_;
  observe::MessageRecord record_;
  bool begun_ = false;                         // The upstream said 2xx to MAIL.
  std::optional<smtp::Reply> sender_refused_;  // Its answer to MAIL, where that was 4xx or 5xx.
  std::optional<smtp::Reply> broken_;          // The answer to whatever follows.
  smtp::Reply last_reply_;
  unsigned accepted_ = 0;
};

}  // namespace truerelay::relay
