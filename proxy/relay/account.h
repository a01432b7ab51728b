#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "digest/digest.h"
#include "io/clock.h"
#include "relay/backoff.h"
#include "relay/budget.h"
#include "relay/failure.h"

namespace truerelay::relay {

// One login at one upstream, as the upstream sees it: how much it may ask, how many connections it
// has, and whether it was refused of late. When the settings of an upstream change, the identities
// of the old settings and of the new ones share it, so that the upstream is never asked for twice
// as much, and a login that it refused is not tried again at each change.
class Account {
 public:
  // An identity that stands for it.
  class Member {
   public:
    // Those that are on their way and those that are being closed included.
    [[nodiscard]] virtual std::size_t connections() const = 0;
    // Those of them that are open, and stay so.
    [[nodiscard]] virtual std::size_t serving() const = 0;
    // A connection, or a message's turn, may have become free.
    virtual void serve_soon() = 0;

   protected:
    ~Member() = default;
  };

  explicit Account(const io::Clock& clock) : clock_(clock), budget_(clock, 1, 0) {}
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  [[nodiscard]] Budget& budget() { return budget_; }

  // A member leaves before it goes.
  void join(Member& member) { members_.push_back(&member); }
  void leave(Member& member) { std::erase(members_, &member); }
  // Of all members.
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t serving() const;
  [[nodiscard]] bool may_connect() const { return connections() < budget_.most_at_once(); }
  void serve_soon() const;

  // The upstream refused the login with the credentials that `login` stands for.
  void refuse(const Failure& why, const digest::Digest& login);
  // It let somebody in, or a person has changed what it looks at.
  void forgive();
  // Why these credentials are not tried again now; nullptr where they may be.
  [[nodiscard]] const Failure* refused_lately(const digest::Digest& login) const;

  // Nothing of it would be missed.
  [[nodiscard]] bool unused();

 private:
  const io::Clock& clock_;
  Budget budget_;
  std::vector<Member*> members_;
  std::optional<Failure> refused_;  // The last login, with these credentials.
  digest::Digest refused_login_{};
  Backoff refusal_{std::chrono::seconds(10), std::chrono::minutes(5)};
};

}  // namespace truerelay::relay
