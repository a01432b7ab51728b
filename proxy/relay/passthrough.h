#pragma once

#include "io/clock.h"
#include "io/task.h"
#include "relay/client.h"
#include "relay/client_login.h"
#include "relay/transaction.h"
#include "smtp/command.h"

namespace truerelay::relay {

// The client's AUTH PLAIN or LOGIN is what logs in upstream (`auth = "passthrough"`). On success
// the login is kept in `side`, and its connection waits for the client's messages. A connection
// that is logged in with just these credentials already has had the upstream's answer to them.
// Nothing of the client's words goes upstream but the user and the password that they hold.
io::Task<LoginAnswer> log_in_as_client(smtp::Auth command, Client& client, UpstreamSide& side,
                                       io::Time until);

}  // namespace truerelay::relay
