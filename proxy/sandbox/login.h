#pragma once

#include "io/failure.h"
#include "io/task.h"
#include "sandbox/connection.h"
#include "sandbox/ledger.h"
#include "sandbox/settings.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// How an AUTH command ended, and the reply that is still to be said.
struct LoginResult {
  Login login;
  smtp::Reply reply;
};

// The server's side of one AUTH dialogue (RFC 4954 section 4). That AUTH may be used now is settled
// already; whether the mechanism is offered is not. Fails as the connection does.
io::Task<io::Result<LoginResult>> log_in(Connection& connection, const Settings& settings,
                                         smtp::Auth command);

}  // namespace truerelay::sandbox
