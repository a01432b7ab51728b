#pragma once

#include <string_view>

namespace truerelay::fuzz {

// What one target does with one input, which holds any bytes: it returns, or something is wrong.
// Each target defines it; libFuzzer calls it by way of entry.cpp.
void run(std::string_view input);

}  // namespace truerelay::fuzz
