#include "relay/local_login.h"

#include <fmt/core.h>

#include <chrono>
#include <expected>
#include <utility>

#include "io/sleep.h"
#include "relay/own_replies.h"

namespace truerelay::relay {
namespace {

constexpr std::chrono::seconds kRefusalTakes{3};

}  // namespace

io::Task<LoginAnswer> log_in_here(smtp::Auth command, Client& client, const Services& services,
                                  std::string whence, io::Time until, std::string& user) {
  GivenLogin given = co_await hear_login(std::move(command), client, until);
  if (!given) {
    co_return std::move(given.error());
  }
  std::expected<bool, std::string> known =
      co_await services.local_users->check(given->user, std::move(given->secret));
  if (!known) {
    services.events.note(observe::Level::error, "",
                         fmt::format("{}: a login cannot be checked: {}", whence, known.error()));
    co_return LoginAnswer{own::users_unavailable(), false};
  }
  if (*known) {
    user = std::move(given->user);
    co_return LoginAnswer{own::logged_in(), false};
  }
  services.events.note(observe::Level::warning, "",
                       fmt::format("{}: a login was refused, wrong user or password", whence));
  const bool passed = co_await io::Sleep(services.clock, services.executor,
                                         services.clock.now() + kRefusalTakes, services.stopped);
  co_return LoginAnswer{passed ? own::wrong_login() : own::stopping(), false};
}

}  // namespace truerelay::relay
