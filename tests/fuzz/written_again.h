#pragma once

#include <string_view>

#include "smtp/command.h"

namespace truerelay::fuzz {

// What a command line became: a refusal fit for a client, or a command that holds no control byte.
// MAIL and RCPT are written again for an upstream, one line each, and mean the same when they are
// read again.
void check_command(std::string_view line);

}  // namespace truerelay::fuzz
