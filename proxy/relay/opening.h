#pragma once

#include <memory>

#include "auth/credentials.h"
#include "io/cancellation.h"
#include "io/task.h"
#include "relay/failure.h"
#include "relay/steps.h"
#include "relay/upstream.h"
#include "relay/upstream_connection.h"

namespace truerelay::relay {

// Opens a connection to an upstream, from its name to the end of AUTH, within connect_timeout:
// TCP, greeting, EHLO, STARTTLS and EHLO again (or implicit TLS first), AUTH.
// TLS comes before anything that is worth protecting, and what was offered before it is forgotten
// (RFC 3207 section 4.2). `credentials` may be nullptr: nobody logs in.
io::Task<Result<std::unique_ptr<UpstreamConnection>>> open_connection(
    const UpstreamSettings& settings, const Upstream::Parts& parts,
    const auth::Credentials* credentials, Steps& steps, io::Cancellation& cancellation);

}  // namespace truerelay::relay
