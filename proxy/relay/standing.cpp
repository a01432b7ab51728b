#include "relay/standing.h"

#include <algorithm>

namespace truerelay::relay {
namespace {

// Different logins of clients that have connections, or came a moment ago.
constexpr std::size_t kMostLogins = 2000;

}  // namespace

Standing::Standing(const io::Clock& clock)
    : clock_(clock), stored_(std::make_shared<Account>(clock)) {}

void Standing::limit(unsigned at_once, unsigned per_minute) {
  at_once_ = at_once;
  per_minute_ = per_minute;
  stored_->budget().limit(at_once, per_minute);
  for (const auto& [login, account] : clients_) {
    account->budget().limit(at_once, per_minute);
  }
}

void Standing::forgive() {
  stored_->forgive();
  for (const auto& [login, account] : clients_) {
    account->forgive();
  }
}

std::shared_ptr<Account> Standing::of_client(const digest::Digest& login) {
  if (const auto known = clients_.find(login); known != clients_.end()) {
    return known->second;
  }
  std::erase_if(clients_, [](const auto& each) { return each.second->unused(); });
  if (clients_.size() >= kMostLogins) {  // Somebody tries passwords: that must not shut others out.
    std::erase_if(clients_, [](const auto& each) { return each.second.use_count() == 1; });
  }
  if (clients_.size() >= kMostLogins) {
    return nullptr;
  }
  std::shared_ptr<Account> account = std::make_shared<Account>(clock_);
  account->budget().limit(at_once_, per_minute_);
  return clients_.emplace(login, std::move(account)).first->second;
}

bool Standing::unused() {
  return clock_.now() >= data_until && stored_->unused() &&
         std::ranges::all_of(clients_, [](const auto& each) { return each.second->unused(); });
}

}  // namespace truerelay::relay
