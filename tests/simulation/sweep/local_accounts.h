#pragma once

#include <string>
#include <utility>

#include "auth/local_users.h"
#include "io/sleep.h"
#include "tests/simulation/random.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// The relay's own users, one of them, in a vault that cannot always be read.
class LocalAccounts final : public auth::LocalUsers {
 public:
  static constexpr const char* kUser = "scanner";
  static constexpr const char* kPassword = "paper jam";

  LocalAccounts(World& world, double shut)
      : world_(world), random_(world.random().fork()), shut_(shut) {}

  io::Task<std::expected<bool, std::string>> check(std::string user, Redacted password) override {
    const io::Duration takes = std::chrono::milliseconds(random_.scaled_between(1, 200));
    const bool shut = random_.chance(shut_);
    co_await io::Sleep(world_, world_, world_.now() + takes, never_);
    if (shut) {
      co_return std::unexpected("the vault cannot be read");
    }
    co_return user == kUser&& password.reveal() == kPassword;
  }

 private:
  World& world_;
  Random random_;
  const double shut_;
  io::Cancellation never_;
};

}  // namespace truerelay::simulation
