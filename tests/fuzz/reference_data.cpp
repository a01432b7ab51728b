#include "tests/fuzz/reference_data.h"

namespace truerelay::fuzz {
namespace {

bool at_line_start(std::string_view text, std::size_t i) {
  return i == 0 || (i >= 2 && text.substr(i - 2, 2) == "\r\n");
}

}  // namespace

Decoded reference_decode(std::string_view wire, bool reject) {
  Decoded decoded;
  std::size_t end = wire.size();
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (at_line_start(wire, i) && wire.substr(i).starts_with(".\r\n")) {
      end = i;
      decoded.finished = true;
      break;
    }
  }
  decoded.taken = decoded.finished ? end + 3 : end;
  const auto give = [&](std::string_view text) {
    decoded.content += decoded.refused ? std::string_view() : text;
  };
  for (std::size_t i = 0; i < end; ++i) {
    const std::string_view next = wire.substr(i + 1);
    switch (wire[i]) {
      case '\r':
        if (next.empty()) {
          break;  // It may become a CRLF.
        }
        if (next.front() == '\n') {
          give("\r\n");
          ++i;
          break;
        }
        [[fallthrough]];
      case '\n':
        decoded.refused = decoded.refused || reject;
        give("\r\n");
        break;
      case '\0':
        decoded.refused = true;
        break;
      case '.':
        if (at_line_start(wire, i)) {
          const bool open = next.empty() || next == "\r";  // It may become the end.
          if (open) {
            return decoded;
          }
          // Stuffing, unless it is all that stands on a line with a bare end.
          if (next.front() != '\n' && next.front() != '\r') {
            break;
          }
        }
        give(".");
        break;
      default:
        give(wire.substr(i, 1));
    }
  }
  return decoded;
}

std::string reference_encode(std::string_view content) {
  std::string wire;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '.' && at_line_start(content, i)) {
      wire += '.';
    }
    wire += content[i];
  }
  if (!at_line_start(content, content.size())) {
    wire += "\r\n";
  }
  return wire + ".\r\n";
}

}  // namespace truerelay::fuzz
