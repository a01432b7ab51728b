#pragma once

#include <string_view>
#include <vector>

#include "smtp/reply.h"

namespace truerelay::fuzz {

struct Read {
  std::vector<smtp::Reply> replies;
  bool broken = false;  // What follows them is no reply.
};

// RFC 5321 section 4.2.1 once more, for all bytes at once, within the bounds that ReplyParser
// names.
[[nodiscard]] Read reference_replies(std::string_view bytes);

}  // namespace truerelay::fuzz
