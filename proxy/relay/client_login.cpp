#include "relay/client_login.h"

#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "relay/own_replies.h"

namespace truerelay::relay {
namespace {

// Some devices give up on any other words.
constexpr std::string_view kAskUser = "VXNlcm5hbWU6";      // "Username:"
constexpr std::string_view kAskPassword = "UGFzc3dvcmQ6";  // "Password:"

using Answer = std::expected<std::string, LoginAnswer>;

std::unexpected<LoginAnswer> refuse(smtp::Reply reply) {
  return std::unexpected(LoginAnswer{std::move(reply), false});
}

Answer decoded(std::string_view text) {
  if (text == "*") {
    return refuse(own::auth_cancelled());
  }
  std::optional<std::string> bytes = base64_decode(text == "=" ? "" : text);
  if (!bytes) {
    return refuse(own::auth_malformed());
  }
  return *std::move(bytes);
}

// Asks with 334 and takes the client's line.
io::Task<Answer> ask(Client& client, std::string_view challenge, io::Time until) {
  client.say({334, std::string(challenge)});
  while (true) {
    const std::optional<std::string_view> line = client.line();
    if (line) {
      std::string_view text = *line;
      text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
      Answer answer = decoded(text);
      client.consume(*line);
      co_return answer;
    }
    if (client.line_too_long()) {
      co_return std::unexpected(LoginAnswer{own::line_too_long(), true});
    }
    const io::Channel::Arrival arrival = co_await client.wait(until);
    if (arrival == io::Channel::Arrival::timed_out) {
      co_return refuse(own::client_too_slow());
    }
    if (arrival == io::Channel::Arrival::interrupted) {
      co_return refuse(own::stopping());
    }
    if (arrival != io::Channel::Arrival::bytes) {
      co_return std::unexpected(LoginAnswer{own::auth_cancelled(), true});
    }
  }
}

GivenLogin from_plain(std::string message) {
  const std::size_t first = message.find('\0');
  const std::size_t second = first == std::string::npos ? first : message.find('\0', first + 1);
  GivenLogin given = refuse(own::auth_malformed());
  const bool three_parts =
      second != std::string::npos && message.find('\0', second + 1) == std::string::npos;
  const std::string authorization = three_parts ? message.substr(0, first) : "";
  const std::string user = three_parts ? message.substr(first + 1, second - first - 1) : "";
  // To act as somebody else is not asked for upstream, so it must not seem to be granted.
  if (three_parts && (authorization.empty() || authorization == user)) {
    auth::Credentials credentials;
    credentials.user = user;
    credentials.secret = Redacted(message.substr(second + 1));
    given = std::move(credentials);
  }
  wipe(message);
  return given;
}

// A control byte in a user's name could end up in somebody's log or header.
bool has_control(std::string_view text) {
  for (const char c : text) {
    if (ascii_control(c)) {
      return true;
    }
  }
  return false;
}

io::Task<GivenLogin> hear_plain_mechanism(smtp::Auth command, Client& client, io::Time until) {
  if (command.initial_response) {
    Answer message = decoded(*command.initial_response);
    if (!message) {
      co_return std::unexpected(std::move(message.error()));
    }
    co_return from_plain(*std::move(message));
  }
  Answer message = co_await ask(client, "", until);
  if (!message) {
    co_return std::unexpected(std::move(message.error()));
  }
  co_return from_plain(*std::move(message));
}

io::Task<GivenLogin> hear_login_mechanism(smtp::Auth command, Client& client, io::Time until) {
  Answer user = std::string();
  if (command.initial_response) {
    user = decoded(*command.initial_response);
  } else {
    user = co_await ask(client, kAskUser, until);
  }
  if (!user) {
    co_return std::unexpected(std::move(user.error()));
  }
  Answer password = co_await ask(client, kAskPassword, until);
  if (!password) {
    co_return std::unexpected(std::move(password.error()));
  }
  auth::Credentials credentials;
  credentials.user = *std::move(user);
  credentials.secret = Redacted(*std::move(password));
  co_return credentials;
}

}  // namespace

io::Task<GivenLogin> hear_login(smtp::Auth command, Client& client, io::Time until) {
  GivenLogin given = refuse(own::unknown_mechanism());
  if (command.mechanism == "PLAIN") {
    given = co_await hear_plain_mechanism(std::move(command), client, until);
  } else if (command.mechanism == "LOGIN") {
    given = co_await hear_login_mechanism(std::move(command), client, until);
  }
  if (given && (has_control(given->user) || given->secret.reveal().contains('\0'))) {
    given = refuse(own::auth_malformed());
  }
  co_return given;
}

}  // namespace truerelay::relay
