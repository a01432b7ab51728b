#pragma once

#include <memory>

#include "relay/upstream_connection.h"

namespace truerelay::relay {

class Identity;
class Upstream;

// A connection that one transaction has for itself. It goes back to the other connections of its
// login when the lease ends, ready for the next transaction where it is still of use.
class Lease {
 public:
  Lease() = default;
  // `message`: it counts as one in the login's budget.
  Lease(Identity& owner, std::unique_ptr<UpstreamConnection> connection, bool message);
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { end(); }

  [[nodiscard]] explicit operator bool() const { return connection_ != nullptr; }
  [[nodiscard]] UpstreamConnection& operator*() const { return *connection_; }
  [[nodiscard]] UpstreamConnection* operator->() const { return connection_.get(); }
  [[nodiscard]] Upstream& upstream() const;
  [[nodiscard]] Identity& identity() const { return *owner_; }

  void end();

 private:
  Identity* owner_ = nullptr;
  std::unique_ptr<UpstreamConnection> connection_;
  bool message_ = false;
};

}  // namespace truerelay::relay
