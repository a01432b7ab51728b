#include "relay/logins.h"

#include <fmt/core.h>

#include <utility>

#include "relay/local_login.h"
#include "relay/own_replies.h"
#include "relay/passthrough.h"

namespace truerelay::relay {
namespace {

constexpr unsigned kMostWrong = 5;  // Of truerelay's own users.

}  // namespace

// With STARTTLS the password of a local user never goes in the clear.
bool Logins::tls_comes_first(bool secured) const {
  return here() && side_.listener.tls == Tls::starttls && !secured;
}

bool Logins::offered(bool secured) const {
  return (side_.upstream.passthrough() || here()) && !done() && !tls_comes_first(secured);
}

std::optional<smtp::Reply> Logins::refusal(bool secured) const {
  if (!side_.upstream.passthrough() && !here()) {
    return own::no_auth_here();
  }
  if (done()) {
    return own::auth_not_now();
  }
  if (tls_comes_first(secured)) {
    return own::tls_first();
  }
  return std::nullopt;
}

std::optional<smtp::Reply> Logins::mail_refusal() const {
  if (done()) {
    return std::nullopt;
  }
  if (side_.upstream.passthrough()) {
    return own::authenticate_first();
  }
  if (side_.listener.auth == ClientAuth::required) {
    return own::log_in_first();
  }
  return std::nullopt;
}

io::Task<LoginAnswer> Logins::log_in(smtp::Auth command, io::Time until) {
  under_way_ = true;
  if (!here()) {
    LoginAnswer answer = co_await log_in_as_client(std::move(command), client_, side_, until);
    under_way_ = false;
    co_return answer;
  }
  LoginAnswer answer = co_await log_in_here(
      std::move(command), client_, services_,
      fmt::format("listener {}, client {}", side_.listener.name, address_), until, local_user_);
  under_way_ = false;
  wrong_ += answer.reply.code == 535 ? 1 : 0;
  co_return answer;
}

bool Logins::used_up() const { return wrong_ >= kMostWrong; }

void Logins::forget() {
  side_.as_client.reset();
  local_user_.clear();
}

}  // namespace truerelay::relay
