#pragma once

#include <optional>

#include "auth/credentials.h"
#include "net/loop.h"

namespace truerelay::app {

// How `source` refuses while this process can open no file; nullopt: it gave credentials.
[[nodiscard]] std::optional<auth::Refusal> refusal_without_descriptors(
    net::Loop& loop, auth::CredentialSource& source);

}  // namespace truerelay::app
