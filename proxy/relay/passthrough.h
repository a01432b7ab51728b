#pragma once

#include "io/clock.h"
#include "io/task.h"
#include "relay/client.h"
#include "relay/transaction.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

struct PassthroughLogin {
  smtp::Reply reply;         // The upstream's own 235 or 535, or why it could not be asked.
  bool client_gone = false;  // It left in the middle of the dialogue.
};

// The client's AUTH PLAIN or LOGIN is what logs in upstream (`auth = "passthrough"`). On success
// the login is kept in `side`, and its connection waits for the client's messages. A connection
// that is logged in with just these credentials already has had the upstream's answer to them. The
// client's words are never logged, and nothing
// of them goes upstream but the user and the password that they hold.
io::Task<PassthroughLogin> log_in_as_client(smtp::Auth command, Client& client, UpstreamSide& side,
                                            io::Time until);

}  // namespace truerelay::relay
