#include "sandbox/submission.h"

#include <fmt/core.h>

#include <utility>
#include <variant>
#include <vector>

#include "base/ascii.h"
#include "sandbox/replies.h"

namespace truerelay::sandbox {
std::expected<smtp::Command, smtp::Reply> Submission::parse(std::string_view line) const {
  if (settings_.strict_line_ends && !line.ends_with("\r\n")) {
    return smtp::refuse(500, "5.5.2 The command ends with a bare LF");
  }
  return smtp::parse_command(line);
}

Submission::Submission(const Settings& settings, const Services& services, Arrival arrival)
    : settings_(settings),
      services_(services),
      connection_(std::move(arrival.stream), services.clock, services.cancellation, settings),
      id_(services.ledger.connected(arrival.peer)),
      secured_(arrival.tls.has_value()) {
  if (arrival.tls) {
    services_.ledger.secured(id_, *arrival.tls);
  }
}

io::Task<void> Submission::run() {
  answer({220, settings_.hostname + " ESMTP truerelay sandbox, mail stays here"});
  while (end_ == End::none) {
    const std::optional<std::string_view> line = connection_.line();
    if (!line || connection_.much_to_say()) {
      io::Result<void> ready{};
      if (line) {
        ready = co_await connection_.flush();
      } else {
        ready = co_await connection_.more_for_line();
      }
      if (!ready) {
        broken(ready.error());
      }
      continue;
    }
    std::expected<smtp::Command, smtp::Reply> command = parse(*line);
    const bool chunk_follows = ascii_starts_with(*line, "BDAT");
    connection_.consume_line(*line);
    const bool in_a_group = !connection_.input().empty();
    if (!command) {
      object(command.error());
      if (chunk_follows) {
        end(End::finish, "BDAT without a usable size: where its chunk ends is unknown");
      }
    } else if (in_a_group && !settings_.offers.pipelining &&
               !std::holds_alternative<smtp::Bdat>(*command)) {
      answer(smtp::Reply(503, "5.5.0 Improper use of SMTP command pipelining"));
      end(End::finish, "pipelining, which is not offered");
    } else if (!std::visit([this](const auto& one) { return at_once(one); }, *command)) {
      co_await with_waits(std::move(*command));
    }
  }
  forget_transaction(reason_);
  if (end_ == End::finish) {
    co_await connection_.finish();
  }
  connection_.drop();
  services_.ledger.disconnected(id_, reason_);
}

void Submission::answer(const smtp::Reply& reply) {
  connection_.say(reply);
  if (reply.code == 421) {
    end(End::finish, smtp::one_line(reply));
  }
}

void Submission::object(smtp::Reply reply) {
  if (++errors_ > settings_.most_errors) {
    reply = smtp::Reply(421, "4.7.0 Too many errors on this connection, closing it");
  }
  answer(reply);
}

void Submission::end(End how, std::string reason) {
  if (end_ == End::none) {
    end_ = how;
    reason_ = std::move(reason);
  }
}

void Submission::broken(const io::Failure& failure) {
  if (failure.kind == io::Failure::Kind::too_long) {
    connection_.say(smtp::Reply(500, "5.5.6 The line is too long, closing the connection"));
    end(End::finish, failure.detail);
  } else {
    end(End::drop, failure.detail);
  }
}

void Submission::forget_transaction(std::string_view reason) {
  if (transaction_ && transaction_->message != nullptr && !transaction_->settled) {
    services_.ledger.abandoned(transaction_->envelope, transaction_->message->content(), reason);
  }
  transaction_.reset();
}

bool Submission::at_once(const smtp::Hello& hello) {
  forget_transaction(hello.extended ? "EHLO" : "HELO");
  hello_ = hello;
  std::vector<std::string> lines = {fmt::format("{} Hello {}", settings_.hostname, hello.domain)};
  if (hello.extended) {
    smtp::Capabilities offers = settings_.offers;
    offers.starttls = services_.tls != nullptr && !secured_;
    offers.size = settings_.largest_message;
    if (!secured_ && !settings_.auth_without_tls) {
      offers.auth.clear();
    }
    for (std::string& line : smtp::capability_lines(offers)) {
      lines.push_back(std::move(line));
    }
  }
  answer({250, std::move(lines)});
  return true;
}

bool Submission::at_once(const smtp::Reset& /*reset*/) {
  forget_transaction("RSET");
  answer({250, "2.0.0 Resetting"});
  return true;
}

bool Submission::at_once(const smtp::Noop& /*noop*/) {
  answer({250, "2.0.0 OK"});
  return true;
}

bool Submission::at_once(const smtp::Quit& /*quit*/) {
  answer({221, "2.0.0 Service closing transmission channel"});
  end(End::finish, "QUIT");
  return true;
}

bool Submission::at_once(const smtp::Verify& /*verify*/) {
  answer({252, "2.5.2 Cannot VRFY user; try RCPT to attempt delivery"});
  return true;
}

bool Submission::at_once(const smtp::Expand& /*expand*/) {
  object({502, "5.5.1 EXPN is not implemented"});
  return true;
}

bool Submission::at_once(const smtp::Help& /*help*/) {
  answer(help_reply());
  return true;
}

bool Submission::at_once(const smtp::Foreign& foreign) {
  answer({554, fmt::format("5.5.1 This is an SMTP server, not the place for {}", foreign.what)});
  end(End::finish, foreign.what);
  return true;
}

io::Task<void> Submission::with_waits(smtp::Command command) {
  if (auto* recipient = std::get_if<smtp::Recipient>(&command)) {
    co_await delayed(std::move(*recipient));
  } else if (auto* auth = std::get_if<smtp::Auth>(&command)) {
    co_await authenticate(std::move(*auth));
  } else if (const auto* chunk = std::get_if<smtp::Bdat>(&command)) {
    co_await bdat(*chunk);
  } else if (std::holds_alternative<smtp::Data>(command)) {
    co_await data();
  } else if (std::holds_alternative<smtp::StartTls>(command)) {
    co_await start_tls();
  }
}

}  // namespace truerelay::sandbox
