#pragma once

#include <string_view>

namespace truerelay::simulation {

// Looks for a CR or an LF without the other in text that comes in pieces.
class LineEnds {
 public:
  // False: one of them is bare, up to here. A CR at the end of the piece is not judged yet.
  [[nodiscard]] bool take(std::string_view bytes) {
    bool bare = false;
    char before = before_;
    for (const char byte : bytes) {
      bare |= (before == '\r') != (byte == '\n');
      before = byte;
    }
    before_ = before;
    return !bare;
  }
  // It does not end between CR and LF.
  [[nodiscard]] bool whole() const { return before_ != '\r'; }

 private:
  char before_ = 0;
};

}  // namespace truerelay::simulation
