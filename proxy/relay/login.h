#pragma once

#include "auth/credentials.h"
#include "io/clock.h"
#include "io/task.h"
#include "relay/failure.h"
#include "relay/settings.h"
#include "relay/upstream_connection.h"

namespace truerelay::relay {

// AUTH at an upstream (RFC 4954), with what it offers now, which is after TLS. `deadline` is
// for the whole dialogue. A secret goes out only where the mechanism has a place for it: to a
// challenge that was not expected the answer is "*".
io::Task<Result<void>> log_in(UpstreamConnection& connection, const auth::Credentials& credentials,
                              const UpstreamSettings& settings, io::Time deadline);

}  // namespace truerelay::relay
