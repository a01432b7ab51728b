#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace truerelay::fuzz {

// RFC 5321 section 4.5.2 once more, slowly: it sees all bytes at once and looks back and forth as
// it likes, so that it shares no thought with the decoder that is held against it.

struct Decoded {
  std::string content;
  std::size_t taken = 0;  // Octets on the wire.
  bool finished = false;
  bool refused = false;
};

// `reject`: a bare CR or LF is refused, not made CRLF. Nothing comes out behind what is refused.
[[nodiscard]] Decoded reference_decode(std::string_view wire, bool reject);

// With the end of the data.
[[nodiscard]] std::string reference_encode(std::string_view content);

}  // namespace truerelay::fuzz
