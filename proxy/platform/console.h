#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/redacted.h"

namespace truerelay::platform {

// Where a person types what nobody else may see.

// Whether standard input is a terminal. Otherwise what is asked for comes on standard input.
[[nodiscard]] bool input_is_terminal();

// Asks on the terminal of this process, whatever its standard input is, for a line, which is not
// shown while it is typed. The terminal is as it was afterwards, also where an interrupt (Ctrl-C)
// ends it. At most kLongestSecret bytes. On failure: a sentence.
[[nodiscard]] std::expected<Redacted, std::string> ask_hidden(std::string_view question);

// All of standard input, but one line end at its end; at most kLongestSecret bytes. On failure: a
// sentence.
[[nodiscard]] std::expected<Redacted, std::string> read_input();

}  // namespace truerelay::platform
