#include "relay/account.h"

namespace truerelay::relay {

std::size_t Account::connections() const {
  std::size_t all = 0;
  for (const Member* member : members_) {
    all += member->connections();
  }
  return all;
}

std::size_t Account::serving() const {
  std::size_t all = 0;
  for (const Member* member : members_) {
    all += member->serving();
  }
  return all;
}

void Account::serve_soon() const {
  for (Member* member : members_) {
    member->serve_soon();
  }
}

void Account::refuse(const Failure& why, const digest::Digest& login) {
  refused_ = why;
  refused_login_ = login;
  refusal_.begin(clock_.now());
}

void Account::forgive() {
  refused_.reset();
  refusal_.end();
}

const Failure* Account::refused_lately(const digest::Digest& login) const {
  const bool lately = refused_ && refusal_.active(clock_.now()) && login == refused_login_;
  return lately ? &*refused_ : nullptr;
}

bool Account::unused() {
  return members_.empty() && !refusal_.active(clock_.now()) && budget_.untouched();
}

}  // namespace truerelay::relay
