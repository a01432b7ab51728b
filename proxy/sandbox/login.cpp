#include "sandbox/login.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "sandbox/sasl.h"

namespace truerelay::sandbox {
namespace {

// A response, decoded, or the reply to one that is none.
using Response = std::expected<std::string, smtp::Reply>;

Response decode(std::string_view line) {
  if (line == "*") {
    return std::unexpected(smtp::Reply(501, "5.7.0 Authentication cancelled by the client"));
  }
  std::optional<std::string> bytes = base64_decode(line);
  if (!bytes) {
    return std::unexpected(smtp::Reply(501, "5.5.2 The response is not base64"));
  }
  return *std::move(bytes);
}

io::Task<io::Result<Response>> ask(Connection& connection, std::string challenge) {
  connection.say(smtp::Reply(334, base64_encode(challenge)));
  if (!connection.line()) {
    io::Result<void> more = co_await connection.more_for_line();
    if (!more) {
      co_return std::unexpected(std::move(more.error()));
    }
  }
  const std::string_view line = *connection.line();
  std::string_view text = line.substr(0, line.size() - 1);
  if (text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  Response response = decode(text);
  connection.consume_line(line);
  co_return response;
}

// The response that came with the command, or else the answer to `challenge`.
io::Task<io::Result<Response>> first_response(Connection& connection, const smtp::Auth& command,
                                              std::string challenge) {
  if (command.initial_response) {
    co_return decode(*command.initial_response);
  }
  io::Result<Response> response = co_await ask(connection, std::move(challenge));
  co_return response;
}

enum class Secret { password, token };

bool matches(const Settings& settings, const Claim& claim, Secret kind) {
  return std::ranges::any_of(settings.accounts, [&](const Account& account) {
    const Redacted& right = kind == Secret::password ? account.password : account.token;
    return ascii_equal(account.user, claim.user) &&
           (account.any_secret || (!right.empty() && right.reveal() == claim.secret.reveal()));
  });
}

smtp::Reply welcome() { return {235, "2.7.0 Authentication succeeded"}; }
smtp::Reply wrong() { return {535, "5.7.8 Authentication credentials invalid"}; }
smtp::Reply wrong_token(BadToken style) {
  return style == BadToken::error_step
             ? wrong()
             : smtp::Reply(535, "5.7.3 Authentication unsuccessful [Hostname=sandbox]");
}
smtp::Reply malformed() { return {501, "5.5.2 The response does not fit the mechanism"}; }

// Settles `claim` for a mechanism with passwords.
void settle(const Settings& settings, const std::optional<Claim>& claim, LoginResult& result) {
  if (!claim) {
    result.reply = malformed();
    return;
  }
  result.login.user = claim->user;
  result.login.accepted = matches(settings, *claim, Secret::password);
  result.reply = result.login.accepted ? welcome() : wrong();
}

io::Task<io::Result<void>> plain(Connection& connection, const Settings& settings,
                                 const smtp::Auth& command, LoginResult& result) {
  io::Result<Response> response = co_await first_response(connection, command, "");
  if (!response) {
    co_return std::unexpected(std::move(response.error()));
  }
  if (*response) {
    settle(settings, parse_plain(**response), result);
  } else {
    result.reply = response->error();
  }
  co_return io::Result<void>{};
}

// The prompts are part of the protocol: clients compare them (draft-murchison-sasl-login).
io::Task<io::Result<void>> login(Connection& connection, const Settings& settings,
                                 const smtp::Auth& command, LoginResult& result) {
  io::Result<Response> user = co_await first_response(connection, command, "Username:");
  if (!user) {
    co_return std::unexpected(std::move(user.error()));
  }
  if (!*user) {
    result.reply = user->error();
    co_return io::Result<void>{};
  }
  result.login.user = **user;
  io::Result<Response> password = co_await ask(connection, "Password:");
  if (!password) {
    co_return std::unexpected(std::move(password.error()));
  }
  if (!*password) {
    result.reply = password->error();
    co_return io::Result<void>{};
  }
  settle(settings, Claim{**user, Redacted(**password)}, result);
  co_return io::Result<void>{};
}

// XOAUTH2 and OAUTHBEARER, which differ in how the response is written.
io::Task<io::Result<void>> bearer(Connection& connection, const Settings& settings,
                                  const smtp::Auth& command, LoginResult& result) {
  io::Result<Response> response = co_await first_response(connection, command, "");
  if (!response) {
    co_return std::unexpected(std::move(response.error()));
  }
  if (!*response) {
    result.reply = response->error();
    co_return io::Result<void>{};
  }
  const std::optional<Claim> claim =
      command.mechanism == "XOAUTH2" ? parse_xoauth2(**response) : parse_oauthbearer(**response);
  if (!claim) {
    result.reply = malformed();
    co_return io::Result<void>{};
  }
  result.login.user = claim->user;
  result.login.accepted = matches(settings, *claim, Secret::token);
  result.reply = result.login.accepted ? welcome() : wrong_token(settings.bad_token);
  if (!result.login.accepted && settings.bad_token == BadToken::error_step) {
    // RFC 7628 section 3.2.3: the client answers with a dummy, and only then hears of the failure.
    io::Result<Response> dummy = co_await ask(
        connection, R"({"status":"invalid_token","schemes":"bearer","scope":"smtp.send"})");
    if (!dummy) {
      co_return std::unexpected(std::move(dummy.error()));
    }
  }
  co_return io::Result<void>{};
}

}  // namespace

io::Task<io::Result<LoginResult>> log_in(Connection& connection, const Settings& settings,
                                         smtp::Auth command) {
  LoginResult result;
  result.login.mechanism = command.mechanism;
  io::Result<void> done{};
  if (!settings.offers.offers_auth(command.mechanism)) {
    result.reply = smtp::Reply(504, "5.5.4 Unrecognized authentication type");
  } else if (command.mechanism == "PLAIN") {
    done = co_await plain(connection, settings, command, result);
  } else if (command.mechanism == "LOGIN") {
    done = co_await login(connection, settings, command, result);
  } else if (command.mechanism == "XOAUTH2" || command.mechanism == "OAUTHBEARER") {
    done = co_await bearer(connection, settings, command, result);
  } else {
    result.reply = smtp::Reply(504, "5.5.4 Authentication type not implemented");
  }
  if (!done) {
    co_return std::unexpected(std::move(done.error()));
  }
  co_return result;
}

}  // namespace truerelay::sandbox
