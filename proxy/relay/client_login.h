#pragma once

#include <expected>

#include "auth/credentials.h"
#include "io/clock.h"
#include "io/task.h"
#include "relay/client.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// How a client's AUTH ends.
struct LoginAnswer {
  smtp::Reply reply;
  bool client_gone = false;  // It left in the middle of the dialogue.
};

// What the client logs in with, or how its AUTH ends without that.
using GivenLogin = std::expected<auth::Credentials, LoginAnswer>;

// The server's side of AUTH PLAIN (RFC 4616) and LOGIN, up to the answer. What the client says is
// never logged and never quoted in a reply.
io::Task<GivenLogin> hear_login(smtp::Auth command, Client& client, io::Time until);

}  // namespace truerelay::relay
