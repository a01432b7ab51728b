#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "auth/credentials.h"
#include "digest/digest.h"
#include "io/cancellation.h"
#include "io/task.h"
#include "observe/events.h"
#include "relay/client.h"
#include "relay/envelope.h"
#include "relay/failure.h"
#include "relay/lease.h"
#include "relay/settings.h"
#include "relay/upstream.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// A session's way to its upstream.
struct UpstreamSide {
  Upstream& upstream;
  const ListenerSettings& listener;
  const Client& client;
  io::Cancellation& cancellation;              // Ends what is under way upstream.
  std::optional<auth::Credentials> as_client;  // In passthrough, after AUTH.

  [[nodiscard]] const auth::Credentials* credentials() const {
    return as_client ? &*as_client : nullptr;
  }
};

// One mail transaction (RFC 5321 section 3.3), from MAIL to the answer to DATA.
//
// MAIL is held back and goes out with the first recipients, whose answers carry a refusal of MAIL.
// Where the connection is lost, the transaction is repeated on another one, out of the client's
// sight, as long as its last byte was not handed on (rule T4). What the client was told stays true,
// or all that follows is refused: the transaction is broken and each further step hears why.
class Transaction {
 public:
  Transaction(smtp::Mail mail, UpstreamSide& side, observe::MessageRecord record);

  // MAIL alone, at once (`eager_mail`): its answer.
  io::Task<smtp::Reply> offer_sender();
  // The upstream's answers to these recipients.
  io::Task<std::vector<smtp::Reply>> offer(std::vector<smtp::Recipient> recipients);
  // DATA: 354 when the content may come.
  io::Task<smtp::Reply> open_data();

  // The content came to grief at `failure`, before its last byte. 354: it can be sent again from
  // its beginning, over another connection; else the upstream's answer to the message.
  io::Task<Result<smtp::Reply>> repair(Failure failure);
  // Whether the upstream finds it too much for now. If so, its budget is slowed down for a while.
  [[nodiscard]] bool throttled(const smtp::Reply& reply);
  // The whole message was throttled. 354: as for repair(), after a pause; nullopt: the client's
  // patience is over, and the upstream's words are its to hear.
  io::Task<std::optional<Result<smtp::Reply>>> put_off();

  // From the 354 on.
  [[nodiscard]] UpstreamConnection& connection() const { return *lease_; }
  [[nodiscard]] Upstream& upstream() const { return lease_.upstream(); }
  [[nodiscard]] Transfer transfer() const { return transfer_; }
  // The upstream's acceptance, with a word about which upstream it was where that is not the first.
  [[nodiscard]] smtp::Reply as_told(smtp::Reply acceptance) const;
  // What makes the message the same as another one, besides its content.
  [[nodiscard]] const std::string& first_upstream() const { return side_.upstream.settings().name; }
  [[nodiscard]] std::string_view login() const {
    return side_.as_client ? std::string_view(side_.as_client->user) : std::string_view();
  }
  [[nodiscard]] const std::string& sender() const { return record_.sender; }
  [[nodiscard]] std::vector<std::string> accepted() const;

  [[nodiscard]] unsigned accepted_recipients() const {
    return static_cast<unsigned>(accepted_.size());
  }
  [[nodiscard]] std::size_t offered_recipients() const { return record_.recipients.size(); }
  // The relay could not go on with it.
  [[nodiscard]] bool broken() const { return broken_.has_value(); }
  // How it stands where the client goes no further than its recipients.
  [[nodiscard]] observe::Outcome outcome_without_data() const;
  [[nodiscard]] const smtp::Reply& last_reply() const { return last_reply_; }
  [[nodiscard]] observe::MessageRecord& record() { return record_; }
  // What the upstream says of the size of a message; 0: nothing.
  [[nodiscard]] std::uint64_t size_limit() const;
  // The time to finish is over.
  void stop();
  [[nodiscard]] const UpstreamSettings& settings() const { return upstream_->settings(); }

 private:
  io::Task<Result<EnvelopeAnswers>> say(std::span<const smtp::Recipient> fresh);
  io::Task<Result<EnvelopeAnswers>> say_once(std::span<const smtp::Recipient> fresh);
  io::Task<Result<void>> take_lease();
  io::Task<Result<smtp::Reply>> ask_for_content();
  [[nodiscard]] bool may_try_again(const Failure& failure);
  [[nodiscard]] bool throttled(const EnvelopeAnswers& answers);
  [[nodiscard]] smtp::Reply change_in(const EnvelopeAnswers& answers, std::size_t known) const;
  void end_lease();
  void begin_step();
  [[nodiscard]] bool takes(const smtp::Recipient& recipient) const;  // SMTPUTF8, RFC 6531
  [[nodiscard]] smtp::Reply beyond_ascii() const;
  [[nodiscard]] io::Time now() const { return side_.upstream.parts().clock.now(); }
  smtp::Reply break_with(const Failure& failure);

  smtp::Mail mail_;
  UpstreamSide& side_;
  observe::MessageRecord record_;
  Lease lease_;
  const Upstream* upstream_;                   // The last one that it was tried with.
  bool open_ = false;                          // The upstream said 2xx to MAIL, on this lease.
  bool sender_told_ = false;                   // The client was told that it did.
  Transfer transfer_ = Transfer::data;         // How its content goes, on this lease.
  io::Time leased_{};                          // When this lease began.
  bool proven_ = false;                        // The leased connection answered of late.
  unsigned fresh_failures_ = 0;                // Connections lost that were new.
  io::Time patience_until_{};                  // Of the step under way.
  bool waits_for_the_end_ = false;             // Which is the answer to the whole message.
  std::optional<smtp::Reply> sender_refused_;  // Its answer to MAIL, where that was 4xx or 5xx.
  std::optional<smtp::Reply> broken_;          // The answer to whatever follows.
  smtp::Reply last_reply_;
  std::vector<smtp::Recipient> accepted_;  // As the client was told.
};

}  // namespace truerelay::relay
