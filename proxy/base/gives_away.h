#pragma once

#include <string_view>

#include "base/redacted.h"

namespace truerelay {

// Whether `text`, the words of a peer that was told `secret`, gives it away: the whole of it or a
// good part, as it stands, percent-encoded, in hexadecimal, or within base64 of either alphabet.
// Such words are shown to nobody. A secret of less than four octets would be found everywhere, and
// is found nowhere.
[[nodiscard]] bool gives_away(std::string_view text, const Redacted& secret);

}  // namespace truerelay
