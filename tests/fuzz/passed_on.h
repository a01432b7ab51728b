#pragma once

#include <string_view>

#include "smtp/reply.h"

namespace truerelay::fuzz {

// The reply as it goes to a client is one reply to whoever reads it strictly, with the same code
// and texts, and holds no control byte. Its texts may hold anything.
void check_passed_on(const smtp::Reply& reply);

// No control byte but HT.
[[nodiscard]] bool is_plain(std::string_view text);

}  // namespace truerelay::fuzz
