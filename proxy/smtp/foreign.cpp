#include <algorithm>

#include "base/ascii.h"
#include "smtp/command.h"

namespace truerelay::smtp {

// A browser can be made to send a request whose body looks like SMTP: the first line must end the
// connection, or the lines after it would be obeyed.
std::optional<Foreign> looks_foreign(std::string_view first_bytes) {
  constexpr std::string_view kHttp[] = {"GET ",     "POST ",   "PUT ",   "HEAD ", "OPTIONS ",
                                        "CONNECT ", "DELETE ", "PATCH ", "PRI ",  "Host:"};
  if (std::ranges::any_of(kHttp, [first_bytes](std::string_view start) {
        return ascii_starts_with(first_bytes, start);
      })) {
    return Foreign{"an HTTP request"};
  }
  // RFC 8446 section 5.1: a record of type handshake, version 3.0 to 3.4.
  if (first_bytes.size() >= 3 && first_bytes.starts_with("\x16\x03") && first_bytes[2] >= 0 &&
      first_bytes[2] <= 4) {
    return Foreign{"a TLS handshake"};
  }
  // A load balancer that speaks before its client does. Were its line only refused, every reply
  // after that would answer the command before it.
  if (ascii_starts_with(first_bytes, "PROXY ")) {
    return Foreign{"a PROXY protocol header"};
  }
  return std::nullopt;
}

}  // namespace truerelay::smtp
