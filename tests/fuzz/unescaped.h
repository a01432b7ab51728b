#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

namespace truerelay::fuzz {

// With each %XX as its octet; what is badly escaped stays. For looking whether a query can have
// said something at all.
[[nodiscard]] inline std::string unescaped(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits(text.substr(i + 1, 2));
    char* end = nullptr;
    const long octet = std::strtol(digits.c_str(), &end, 16);
    const bool escape = text[i] == '%' && digits.size() == 2 && end == digits.c_str() + 2;
    octets += escape ? static_cast<char>(octet) : text[i];
    i += escape ? 2 : 0;
  }
  return octets;
}

}  // namespace truerelay::fuzz
