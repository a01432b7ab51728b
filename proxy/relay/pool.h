#pragma once

#include <memory>
#include <unordered_map>

#include "auth/credentials.h"
#include "digest/digest.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "io/task.h"
#include "relay/identity.h"
#include "relay/lease.h"

namespace truerelay::relay {

// The connections to one upstream, by login. A connection is never lent to anybody but those who
// brought the very credentials that it is logged in with: in passthrough the key is a keyed hash of
// user and password, so that a wrong password finds no connection.
class Pool {
 public:
  explicit Pool(Upstream& upstream);

  // As Identity::lease.
  io::Task<Result<Lease>> lease(const auth::Credentials* as_client, Asker asker);

  // A connection with the stored credentials, so that it is ready when it is needed.
  void warm();

  // Takes leave on the connections that nobody uses just now.
  void leave_idle();

  // Takes leave on all connections. All leases have ended, and nobody asks for one any more.
  io::Task<void> close();

 private:
  Identity* identity_of(const auth::Credentials& credentials);

  Upstream& upstream_;
  io::Cancellation closing_;
  io::Scope background_;
  Identity stored_;
  std::unordered_map<digest::Digest, std::unique_ptr<Identity>> clients_;
};

}  // namespace truerelay::relay
