#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace truerelay::smtp {

// What becomes of a line end in a message body that is not CRLF.
enum class LineEnds {
  normalize,  // A bare LF or a bare CR becomes CRLF (what old programs mean by it).
  reject,     // The message is refused: 554 5.6.0.
};

// The body of a message as it comes after DATA (RFC 5321 section 4.5.2): takes chunks of any split,
// gives the message's own bytes: dots un-stuffed, every line end CRLF, no NUL, no bare CR or LF.
// The end is CRLF.CRLF on the wire and nothing else (at the very start .CRLF), whatever the line
// ends are made into. No line is ever buffered whole.
class DotDecoder {
 public:
  explicit DotDecoder(LineEnds line_ends) : line_ends_(line_ends) {}

  // Takes bytes up to the end of the data, appends what they mean to `out` and returns how many
  // were taken: all of them, or up to and with the CRLF.CRLF. At most 2 * wire.size() + 4 bytes
  // come out.
  std::size_t take(std::string_view wire, Buffer& out);

  [[nodiscard]] bool finished() const;
  // In reject mode: a bare CR, LF or a NUL was seen. The rest is still taken, to find the end.
  // In normalize mode a NUL counts, too, and is never passed on.
  [[nodiscard]] bool refused() const;
  // Octets of the message so far, after normalising, before stuffing (what SIZE counts, RFC 1870).
  [[nodiscard]] std::uint64_t size() const;

  // private state is the implementer's
 private:
  LineEnds line_ends_;
};

// The other direction: a message's bytes in chunks of any split, to what goes after DATA.
class DotEncoder {
 public:
  // Appends `content`, dots stuffed at line starts. `content` has no line end but CRLF.
  void take(std::string_view content, Buffer& out);
  // Appends the end: CRLF first where the message did not end with one, then .CRLF.
  void finish(Buffer& out);

 private:
  std::uint8_t at_ = 0;
};

}  // namespace truerelay::smtp
