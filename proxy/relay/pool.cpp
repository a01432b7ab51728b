#include "relay/pool.h"

#include <utility>

#include "relay/upstream.h"

namespace truerelay::relay {

Pool::Pool(Upstream& upstream)
    : upstream_(upstream),
      background_(upstream.parts().executor),
      stored_(upstream, upstream.standing()->stored(), background_, closing_) {}

io::Task<Result<Lease>> Pool::lease(const auth::Credentials* as_client, Asker asker) {
  Identity* identity = as_client != nullptr ? identity_of(*as_client) : &stored_;
  if (identity == nullptr) {
    co_return fail(Failure::Cause::over_budget, "too many different users at once");
  }
  Result<Lease> lease = co_await identity->lease(as_client, asker);
  co_return lease;
}

Identity* Pool::identity_of(const auth::Credentials& credentials) {
  const digest::Digest key = upstream_.digest_of(&credentials);
  const auto known = clients_.find(key);
  if (known != clients_.end()) {
    return known->second.get();
  }
  std::erase_if(clients_, [](const auto& each) { return each.second->vacant(); });
  std::shared_ptr<Account> account = upstream_.standing()->of_client(key);
  if (!account) {
    return nullptr;
  }
  return clients_
      .emplace(key,
               std::make_unique<Identity>(upstream_, std::move(account), background_, closing_))
      .first->second.get();
}

void Pool::warm() {
  if (!upstream_.passthrough() && !closing_.requested()) {
    stored_.warm();
  }
}

void Pool::leave_idle() {
  stored_.leave_idle();
  for (const auto& [key, identity] : clients_) {
    identity->leave_idle();
  }
}

io::Task<void> Pool::close() {
  closing_.cancel();
  stored_.close();
  for (const auto& [key, identity] : clients_) {
    identity->close();
  }
  co_await background_.finished();
}

}  // namespace truerelay::relay
