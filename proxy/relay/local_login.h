#pragma once

#include <string>

#include "io/clock.h"
#include "io/task.h"
#include "relay/client.h"
#include "relay/client_login.h"
#include "relay/services.h"
#include "smtp/command.h"

namespace truerelay::relay {

// The client's AUTH PLAIN or LOGIN is checked against truerelay's own users (a listener's `auth`).
// A refusal takes three seconds, so that passwords cannot be tried quickly. `whence` says in the
// log who was refused: listener and address, and not the name that was given, for people type a
// password in its place. `user` is filled in where the login is good, and outlives the task.
io::Task<LoginAnswer> log_in_here(smtp::Auth command, Client& client, const Services& services,
                                  std::string whence, io::Time until, std::string& user);

}  // namespace truerelay::relay
