#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/random.h"

namespace truerelay::simulation {

// A message that a client wants to send. Its sender is its name: no two letters of a run share one.
struct Letter {
  std::string sender;
  std::vector<std::string> recipients;
  std::string content;  // As the program has it, line ends of all kinds.
  unsigned copies = 1;  // Of the same text, on purpose: each is to be accepted.

  // Some recipients order the practice upstream to refuse, to wait or to break off.
  [[nodiscard]] static Letter draw(Random& random, std::string_view name);
};

// A recipient with this local part is throttled for a while and then served; see WireBook.
inline constexpr std::string_view kThrottledAtFirst = "once-432";

// What must arrive: a CRLF at the end, and every bare CR and bare LF made CRLF. Written without
// looking at the relay's codec, whole and simple.
[[nodiscard]] std::string normalized(std::string_view content);

// A CR or an LF is in it, or at its end, without the other.
[[nodiscard]] bool has_bare_line_end(std::string_view content);

// What goes over the wire after 354: dots stuffed, CRLF at the end, and the final dot.
[[nodiscard]] std::string stuffed(std::string_view content);

}  // namespace truerelay::simulation
