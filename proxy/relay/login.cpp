#include "relay/login.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>

#include "auth/mechanism.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "base/gives_away.h"
#include "base/redacted.h"

namespace truerelay::relay {
namespace {

// An initial response that makes the line longer than this is sent after the server's 334: not all
// servers take the 12288 octets of RFC 4954.
constexpr std::size_t kLongestInitialLine = 512;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? word : " " + word;
  }
  return text;
}

Redacted line_of(const Redacted& response) {
  std::string line = base64_encode(response.reveal()) + "\r\n";
  return Redacted(std::move(line));
}

// Exchange Online's answer to a token that it cannot make sense of: it stays so, however often it
// is tried.
bool is_lasting(const smtp::Reply& reply) {
  return reply.code == 451 && smtp::one_line(reply).contains("PRX4");
}

// What to look at where a token was refused: it is good, or it would not have been given out.
std::string remedy_for_token(const smtp::Reply& reply, const UpstreamSettings& settings) {
  if (is_lasting(reply)) {
    return fmt::format(
        "In spite of its 4xx this lasts: the token is not one for SMTP at all, or \"user\" in {} "
        "is "
        "not a mailbox; check \"user\", and \"tenant\" and \"scope\" in [oauth]",
        settings.file);
  }
  return fmt::format(
      "Check that \"user\" in {} is the mailbox that the token is for or may send as, that "
      "\"scope\" "
      "in [oauth] is one for SMTP, and that SMTP AUTH is switched on for the mailbox",
      settings.file);
}

Result<void> verdict(const smtp::Reply& reply, const auth::Credentials& credentials,
                     const UpstreamSettings& settings) {
  const bool token = credentials.kind == auth::Credentials::Kind::token;
  if (reply.code == 235) {
    return {};
  }
  if (reply.permanent() || (token && is_lasting(reply))) {
    std::unexpected<Failure> refused = fail(Failure::Cause::login_refused, "", reply);
    if (token) {
      refused.error().remedy = remedy_for_token(reply, settings);
    }
    return refused;
  }
  if (reply.transient()) {
    return fail(Failure::Cause::login_deferred, "", reply);
  }
  return fail(Failure::Cause::protocol_violation, "it answered AUTH with", reply);
}

// Some servers quote what they do not take. Of a line that does, the enhanced status code is left.
void keep_back(smtp::Reply& reply, const Redacted& secret) {
  for (std::string& line : reply.lines) {
    if (gives_away(line, secret)) {
      const std::string_view status = std::string_view(line).substr(0, line.find(' '));
      const bool code = status.size() <= 9 && std::ranges::all_of(status, [](char c) {
                          return ascii_digit(c) || c == '.';
                        });
      line = fmt::format("{}(this line repeats the secret)",
                         code ? std::string(status) + " " : std::string());
    }
  }
}

void keep_back(Failure& failure, const Redacted& secret) {
  if (failure.words) {
    keep_back(*failure.words, secret);
  }
  if (gives_away(failure.detail, secret)) {
    failure.detail = "what it said repeats the secret";
  }
}

io::Task<Result<void>> hold_dialogue(UpstreamConnection& connection,
                                     const auth::Credentials& credentials,
                                     const UpstreamSettings& settings, io::Time deadline) {
  const std::optional<std::string_view> mechanism =
      auth::pick_mechanism(settings.auth, credentials.kind, connection.offered.auth);
  if (!mechanism) {
    co_return fail(Failure::Cause::no_mechanism,
                   connection.offered.auth.empty()
                       ? "it offers no AUTH at all"
                       : "it offers AUTH " + joined(connection.offered.auth));
  }
  const std::unique_ptr<auth::Dialogue> dialogue =
      auth::begin_dialogue(*mechanism, credentials, settings.endpoint.host, settings.endpoint.port);

  std::optional<Redacted> initial = dialogue->initial_response();
  Redacted line(fmt::format("AUTH {}\r\n", *mechanism));
  if (initial) {
    Redacted with_initial(fmt::format("AUTH {} {}\r\n", *mechanism,
                                      initial->empty() ? "=" : base64_encode(initial->reveal())));
    if (with_initial.reveal().size() <= kLongestInitialLine) {
      line = std::move(with_initial);
      initial.reset();
    }
  }
  bool cancelled = false;
  while (true) {
    Result<smtp::Reply> reply = co_await connection.ask(line.reveal(), deadline);
    if (!reply) {
      co_return std::unexpected(std::move(reply.error()));
    }
    if (reply->code != 334 || cancelled) {
      if (cancelled && reply->completion()) {
        co_return fail(Failure::Cause::protocol_violation, "it answered a cancelled AUTH with",
                       *reply);
      }
      if (reply->code == 235 && (initial || !dialogue->all_said())) {
        co_return fail(Failure::Cause::protocol_violation,
                       "before it could know who logs in it said", *reply);
      }
      if (reply->code == 235) {
        connection.user = credentials.user;
        connection.login_reply = *reply;
      }
      co_return verdict(*reply, credentials, settings);
    }
    const std::optional<std::string> challenge = base64_decode(reply->lines.front());
    std::optional<Redacted> response;
    if (initial && challenge && challenge->empty()) {
      response = std::move(*initial);
      initial.reset();
    } else if (!initial && challenge) {
      response = dialogue->answer(*challenge);
    }
    cancelled = !response;
    line = response ? line_of(*response) : Redacted("*\r\n");
  }
}

}  // namespace

io::Task<Result<void>> log_in(UpstreamConnection& connection, const auth::Credentials& credentials,
                              const UpstreamSettings& settings, io::Time deadline) {
  Result<void> logged_in = co_await hold_dialogue(connection, credentials, settings, deadline);
  if (logged_in) {
    keep_back(connection.login_reply, credentials.secret);
  } else {
    keep_back(logged_in.error(), credentials.secret);
  }
  co_return logged_in;
}

}  // namespace truerelay::relay
