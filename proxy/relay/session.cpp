#include "relay/session.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "base/ascii.h"
#include "relay/body.h"
#include "relay/client.h"
#include "relay/closing_time.h"
#include "relay/hearing.h"
#include "relay/logins.h"
#include "relay/own_replies.h"
#include "relay/pipelined_recipients.h"
#include "relay/transaction.h"
#include "smtp/command.h"

namespace truerelay::relay {
namespace {

constexpr std::size_t kMostRecipients = 2000;       // RFC 5321 section 4.5.3.1.8 asks for 100.
constexpr std::size_t kMostRecipientsAtOnce = 100;  // Of which an upstream hears in one flight.
constexpr unsigned kMostErrors = 100;

// What was said is kept true by the story below: a reply is the upstream's own, or it makes no
// claim.
class Session {
 public:
  explicit Session(SessionParts parts)
      : services_(parts.services),
        listener_(parts.listener),
        upstream_(parts.upstream),
        tls_(parts.tls),
        closing_time_(services_, parts.retired),
        peer_(std::move(parts.peer)),
        id_(std::move(parts.id)),
        welcome_(parts.welcome),
        crowded_(parts.crowded),
        client_(services_.clock, services_.executor, std::move(parts.stream),
                listener_.data_timeout),
        side_{upstream_, listener_, client_, services_.stopped, std::nullopt},
        logins_(services_, side_, client_, peer_.address),
        hearing_(services_.duplicates, services_.clock, listener_.duplicate_window),
        drain_(services_.stopping, [this] { client_.interrupt(); }),
        retire_(parts.retired, [this] { retire(); }),
        stop_(services_.stopped, [this] { stop(); }) {}

  io::Task<void> run() {
    co_await greet();
    while (goes_on_) {
      const std::optional<std::string_view> line = client_.line();
      if (!line) {
        co_await wait_for_line();
        continue;
      }
      std::expected<smtp::Command, smtp::Reply> command = smtp::parse_command(*line);
      // The octets behind a BDAT would be read as commands, so the connection ends there.
      const bool chunk_follows = ascii_starts_with(*line, "BDAT");
      hearing_.took(line->size());
      client_.consume(*line);
      line_begun_ = false;
      if (command) {
        co_await std::visit([this](auto& one) { return handle(one); }, *command);
      } else if (chunk_follows) {
        end(command.error(), "the client sent a malformed BDAT");
      } else {
        complain(command.error());
      }
    }
    co_await leave();
  }

 private:
  // --- Before the first command ---

  io::Task<void> greet() {
    if (listener_.tls == Tls::implicit) {
      const bool secured = co_await secure();
      if (!secured) {
        co_return;
      }
    }
    if (!welcome_) {
      end(own::not_allowed(peer_.address, listener_.name), "the client is not on the allow list");
    } else if (crowded_) {
      end(own::too_many_clients(listener_.name), "all client connections are in use");
    } else {
      client_.say(own::greeting(listener_.host_name));
      upstream_.warm();  // So that a connection is ready when the first message comes.
    }
  }

  io::Task<bool> secure() {
    if (services_.stopped.requested()) {
      goes_on_ = false;
      unreachable_ = true;
      reason_ = "truerelay was stopped before the TLS handshake";
      co_return false;
    }
    std::unique_ptr<io::Stream> plain = client_.release();
    plain->set_deadline(services_.clock.now() + listener_.command_timeout);
    handshaking_ = plain.get();
    io::Result<io::SecuredStream> secured = co_await tls_->secure(std::move(plain));
    handshaking_ = nullptr;
    if (!secured) {
      goes_on_ = false;
      unreachable_ = true;
      reason_ = "TLS handshake: " + secured.error().detail;
      co_return false;
    }
    secured->stream->set_deadline(io::Time::max());
    client_.adopt(std::move(secured->stream));
    secured_ = true;
    co_return true;
  }

  // --- Lines ---

  io::Task<void> wait_for_line() {
    if (client_.line_too_long()) {
      end(own::line_too_long(), "a command line without an end");
      co_return;
    }
    if ((closing_time_.has_come() && !transaction_) || services_.stopped.requested()) {
      end(closing_time_.last_word(), closing_time_.reason());
      co_return;
    }
    // Each command has its full time, half of it may be here already; bytes buy no more of it.
    if (!std::exchange(line_begun_, true)) {
      line_due_ = services_.clock.now() + listener_.command_timeout;
    }
    const io::Channel::Arrival arrival = co_await client_.wait(line_due_);
    hearing_.heard(arrival);
    switch (arrival) {
      case io::Channel::Arrival::bytes:
        turn_away_other_protocols();
        break;
      case io::Channel::Arrival::interrupted:
        break;
      case io::Channel::Arrival::timed_out:
        end(own::client_too_slow(), "the client was silent for too long");
        break;
      case io::Channel::Arrival::end:
      case io::Channel::Arrival::failed:
        goes_on_ = false;
        unreachable_ = true;
        if (transaction_) {
          reason_ = "the client left in the middle of a transaction";
        }
        break;
    }
  }

  void turn_away_other_protocols() {
    if (std::exchange(heard_, true)) {
      return;
    }
    const std::optional<smtp::Foreign> foreign = smtp::looks_foreign(client_.arrived().readable());
    if (foreign) {
      client_.arrived().clear();
      end(own::foreign_protocol(foreign->what),
          fmt::format("the client sent {} to a plaintext SMTP port", foreign->what));
    }
  }

  void complain(const smtp::Reply& reply) {
    client_.say(reply);
    if (++errors_ >= kMostErrors) {
      end(own::too_many_errors(), "too many errors");
    }
  }

  // --- The commands, in the order of a session ---

  io::Task<void> handle(smtp::Hello& hello) {
    drop_transaction();
    helo_ = std::move(hello.domain);
    smtp::Reply reply = own::hello(listener_.host_name, helo_);
    if (hello.extended) {
      for (std::string& line : smtp::capability_lines(offered())) {
        reply.lines.push_back(std::move(line));
      }
    }
    return just_say(std::move(reply));
  }

  // What the upstream offers and truerelay implements. Before the first contact: what holds always.
  smtp::Capabilities offered() const {
    smtp::Capabilities offer = upstream_.offered().value_or(smtp::Capabilities{});
    offer.pipelining = true;
    offer.chunking = false;
    offer.binary_mime = false;
    offer.starttls = listener_.tls == Tls::starttls && !secured_;
    offer.auth.clear();
    if (logins_.offered(secured_)) {
      offer.auth = {"PLAIN", "LOGIN"};
    }
    return offer;
  }

  io::Task<void> handle(smtp::StartTls& /*command*/) {
    if (listener_.tls != Tls::starttls || secured_) {
      complain(own::not_implemented("STARTTLS"));
      co_return;
    }
    // What is being read already would be taken from the handshake.
    if (!client_.arrived().empty() || client_.reading()) {
      end(own::pipelined_tls(), "bytes followed STARTTLS before the handshake");
      co_return;
    }
    client_.say(own::ready_for_tls());
    const bool flushed = co_await client_.flush();
    if (!flushed) {
      goes_on_ = false;
      co_return;
    }
    drop_transaction();
    helo_.clear();
    logins_.forget();
    co_await secure();
  }

  io::Task<void> handle(smtp::Auth& command) {
    const std::optional<smtp::Reply> refusal = logins_.refusal(secured_);
    if (closing_time_.has_come()) {
      end(closing_time_.last_word(), closing_time_.reason());
    } else if (refusal) {
      complain(*refusal);
    } else if (helo_.empty()) {
      complain(own::hello_first());
    } else if (transaction_) {
      complain(own::auth_not_now());
    } else {
      const io::Time until = services_.clock.now() + listener_.command_timeout;
      LoginAnswer login = co_await logins_.log_in(command, until);
      if (login.reply.code == 421) {
        end(login.reply, "the login ended the session");
      } else if (login.reply.completion()) {
        client_.say(login.reply);
      } else {
        complain(login.reply);  // So that passwords cannot be tried for ever.
      }
      if (login.client_gone) {
        goes_on_ = false;
      } else if (logins_.used_up()) {
        end(own::too_many_errors(), "too many wrong logins");
      }
    }
  }

  io::Task<void> handle(smtp::Mail& command) {
    const std::uint64_t limit = size_limit();
    if (helo_.empty()) {
      complain(own::hello_first());
    } else if (const std::optional<smtp::Reply> refusal = logins_.mail_refusal()) {
      complain(*refusal);
    } else if (transaction_) {
      complain(own::nested_mail());
    } else if (closing_time_.has_come()) {
      end(closing_time_.last_word(), closing_time_.reason());
    } else if (limit != 0 && command.size.value_or(0) > limit) {
      client_.say(own::too_large(limit));
    } else {
      transaction_.emplace(std::move(command), side_, new_record());
      if (upstream_.settings().eager_mail) {
        smtp::Reply reply = co_await transaction_->offer_sender();
        if (!reply.completion()) {
          transaction_.reset();
        }
        answer(reply);
      } else {
        client_.say(own::sender_noted());
      }
    }
  }

  io::Task<void> handle(smtp::Recipient& command) {
    if (!transaction_) {
      complain(own::mail_first());
    } else if (transaction_->offered_recipients() >= kMostRecipients) {
      client_.say(own::too_many_recipients());
    } else {
      client_.read_ahead();  // So that it is noticed when it leaves while it waits for its turn.
      const std::size_t most =
          std::min(kMostRecipientsAtOnce, kMostRecipients - transaction_->offered_recipients());
      std::vector<smtp::Recipient> recipients = take_recipients(std::move(command), client_, most);
      std::vector<smtp::Reply> replies = co_await transaction_->offer(std::move(recipients));
      for (const smtp::Reply& reply : replies) {
        answer(reply);
      }
    }
  }

  io::Task<void> handle(smtp::Data& /*command*/) {
    if (!transaction_) {
      complain(own::mail_first());
      co_return;
    }
    if (transaction_->accepted_recipients() == 0) {
      complain(own::no_recipients());
      co_return;
    }
    smtp::Reply go_ahead = co_await transaction_->open_data();
    if (!go_ahead.intermediate()) {
      finish_transaction(
          transaction_->broken() ? observe::Outcome::failed : observe::Outcome::refused, go_ahead,
          true);
      answer(go_ahead);
      co_return;
    }
    client_.say(go_ahead);
    client_.forget_line();
    Delivery delivery = co_await relay_body({client_, *transaction_, listener_, services_});
    client_.forget_line();
    // From here on the outcome is final: nothing is tried again.
    transaction_->record().size = delivery.size;
    transaction_->record().data = delivery.data;
    transaction_->record().answer = delivery.answer;
    transaction_->record().duplicate = delivery.duplicate;
    if (delivery.session_ends) {
      end(delivery.reply, "the session ended in the middle of a message");
    } else {
      answer(delivery.reply);
    }
    const bool left = client_.left();
    const bool written = co_await client_.flush();
    const bool heard = written && !left && delivery.outcome != observe::Outcome::abandoned;
    if (delivery.message) {
      hearing_.told(*delivery.message, delivery.reply, heard, delivery.duplicate,
                    client_.arrived().size());
    }
    finish_transaction(delivery.outcome, delivery.reply, heard);
  }

  io::Task<void> handle(smtp::Reset& /*command*/) {
    drop_transaction();
    return just_say(own::reset_done());
  }

  io::Task<void> handle(smtp::Quit& /*command*/) {
    drop_transaction();
    // Nothing but the 221 is due any more (RFC 5321 section 4.1.1.10); TLS has an end of its own.
    parted_ = client_.arrived().empty() && client_.all_said() && !secured_;
    client_.say(own::goodbye(listener_.host_name));
    goes_on_ = false;
    co_return;
  }

  io::Task<void> handle(smtp::Noop& /*command*/) { return just_say(own::nothing_done()); }
  io::Task<void> handle(smtp::Verify& /*command*/) { return just_say(own::cannot_verify()); }
  io::Task<void> handle(smtp::Help& /*command*/) { return just_say(own::help()); }
  io::Task<void> just_say(smtp::Reply reply) {
    client_.say(reply);
    co_return;
  }
  io::Task<void> handle(smtp::Expand& /*command*/) {
    complain(own::not_implemented("EXPN"));
    co_return;
  }
  io::Task<void> handle(smtp::Bdat& /*command*/) {
    end(own::not_implemented("BDAT"), "the client sent BDAT, which was not offered");
    co_return;
  }
  io::Task<void> handle(smtp::Foreign& command) {
    client_.arrived().clear();
    end(own::foreign_protocol(command.what),
        fmt::format("the client sent {} to an SMTP port", command.what));
    co_return;
  }

  // --- Transactions ---

  std::uint64_t size_limit() const {
    const std::optional<smtp::Capabilities>& known = upstream_.offered();
    return known && known->size != 0 ? known->size : listener_.max_message_size;
  }

  observe::MessageRecord new_record() {
    observe::MessageRecord record;
    record.session = id_;
    record.number = ++transactions_;
    record.listener = listener_.name;
    record.client = peer_.address;
    record.helo = helo_;
    record.client_user = logins_.local_user();
    record.upstream = upstream_.settings().name;
    return record;
  }

  // RSET, EHLO, QUIT, or the client is gone: the upstream's transaction is reset by the next one.
  void drop_transaction() {
    if (transaction_) {
      finish_transaction(transaction_->outcome_without_data(), transaction_->last_reply(),
                         !client_.gone());
    }
  }

  void finish_transaction(observe::Outcome outcome, const smtp::Reply& reply, bool heard) {
    observe::MessageRecord& record = transaction_->record();
    if (!record.recipients.empty()) {
      record.outcome = outcome;
      record.final_reply = smtp::one_line(reply);
      record.client_heard = heard;
      services_.events.message(record);
    }
    transaction_.reset();
  }

  // --- The end ---

  // Passes on a reply that the transaction gave; 421 ends the session (RFC 5321 section 3.8).
  void answer(const smtp::Reply& reply) {
    if (reply.code == 421) {
      end(reply, "the upstream, or truerelay's stop, ended the session");
    } else {
      client_.say(reply);
    }
  }

  void end(const smtp::Reply& last_word, std::string reason) {
    client_.say(last_word);
    goes_on_ = false;
    reason_ = std::move(reason);
  }

  io::Task<void> leave() {
    drop_transaction();
    if (parted_) {
      co_await client_.part();
    } else if (!unreachable_) {
      co_await client_.close();
    }
    if (!reason_.empty()) {
      services_.events.session_failed({.session = id_,
                                       .listener = listener_.name,
                                       .client = peer_.address,
                                       .helo = helo_,
                                       .transactions = transactions_,
                                       .reason = reason_});
    }
  }

  void retire() {
    if (!logins_.under_way()) {  // Who logs in is told afterwards.
      client_.interrupt();
    }
  }
  void stop() {
    if (transaction_) {
      transaction_->stop();
    }
    if (handshaking_ != nullptr) {
      handshaking_->close();
    }
    client_.hurry();
    client_.interrupt();
  }

  const Services& services_;
  const ListenerSettings& listener_;
  Upstream& upstream_;
  io::TlsServer* tls_;
  ClosingTime closing_time_;
  io::Peer peer_;
  std::string id_;
  std::string helo_;
  std::string reason_;  // Why the session failed; empty while it did not.
  bool welcome_;
  bool crowded_;
  bool goes_on_ = true;
  bool secured_ = false;
  bool heard_ = false;        // The client has sent something.
  bool parted_ = false;       // Both sides have said goodbye.
  bool unreachable_ = false;  // No reply can be said any more.
  unsigned errors_ = 0;
  unsigned transactions_ = 0;
  bool line_begun_ = false;  // line_due_ is that of the command that is awaited.
  io::Time line_due_{};
  io::Stream* handshaking_ = nullptr;  // The client's stream while the TLS server has it.
  Client client_;
  UpstreamSide side_;
  Logins logins_;
  std::optional<Transaction> transaction_;
  Hearing hearing_;
  io::OnCancellation drain_;
  io::OnCancellation retire_;
  io::OnCancellation stop_;
};

}  // namespace

io::Task<void> run_session(SessionParts parts) {
  Session session(std::move(parts));
  co_await session.run();
}

}  // namespace truerelay::relay
