#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/reply.h"

namespace truerelay::smtp {

// What a server offers in its answer to EHLO (RFC 5321 section 4.1.1.1).
struct Capabilities {
  bool eight_bit_mime = false;         // RFC 6152
  bool smtp_utf8 = false;              // RFC 6531
  bool dsn = false;                    // RFC 3461
  bool enhanced_status_codes = false;  // RFC 2034
  bool pipelining = false;             // RFC 2920
  bool chunking = false;               // RFC 3030
  bool binary_mime = false;            // RFC 3030
  bool starttls = false;               // RFC 3207
  bool size_offered = false;           // RFC 1870
  std::uint64_t size = 0;              // The most octets a message may have; 0: no fixed limit.
  std::vector<std::string> auth{};     // RFC 4954: mechanisms, in capitals, in the server's order.

  bool operator==(const Capabilities&) const = default;

  [[nodiscard]] bool offers_auth(std::string_view mechanism) const;  // Case does not matter.
};

// Reads the 250 reply to EHLO; the first line (the greeting) is passed over, keywords it does not
// know as well. "AUTH=LOGIN" of old servers counts as AUTH. A malformed SIZE counts as offered, 0;
// what cannot be the name of a SASL mechanism is left out.
[[nodiscard]] Capabilities parse_capabilities(const Reply& ehlo);

// The lines after the greeting line, for a server's own reply to EHLO, in a fixed order.
[[nodiscard]] std::vector<std::string> capability_lines(const Capabilities& capabilities);

}  // namespace truerelay::smtp
