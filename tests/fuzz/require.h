#pragma once

#include <source_location>
#include <string_view>

namespace truerelay::fuzz {

// What must hold for every input. Where it does not, this ends the process, after saying what and
// where, and libFuzzer keeps the input.
void require(bool holds, std::string_view what,
             std::source_location where = std::source_location::current());

// Likewise, and both are said, control bytes made visible.
void require_same(std::string_view found, std::string_view expected, std::string_view what,
                  std::source_location where = std::source_location::current());

}  // namespace truerelay::fuzz
