#include "relay/lease.h"

#include <utility>

#include "relay/identity.h"

namespace truerelay::relay {

Lease::Lease(Identity& owner, std::unique_ptr<UpstreamConnection> connection, bool message)
    : owner_(&owner), connection_(std::move(connection)), message_(message) {}

Lease::Lease(Lease&& other) noexcept
    : owner_(other.owner_), connection_(std::move(other.connection_)), message_(other.message_) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  end();
  owner_ = other.owner_;
  connection_ = std::move(other.connection_);
  message_ = other.message_;
  return *this;
}

Upstream& Lease::upstream() const { return owner_->upstream(); }

void Lease::end() {
  if (connection_) {
    owner_->take_back(std::move(connection_), message_);
  }
}

}  // namespace truerelay::relay
