#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace truerelay::smtp {

// What becomes of a line end in a message body that is not CRLF.
enum class LineEnds : std::uint8_t {
  normalize,  // A bare LF or a bare CR becomes CRLF (what old programs mean by it).
  reject,     // The message is refused: 554 5.6.0.
};

// The body of a message as it comes after DATA (RFC 5321 section 4.5.2): takes chunks of any split,
// gives the message's own bytes: dots un-stuffed, every line end CRLF, no NUL, no bare CR or LF.
// The end is CRLF.CRLF on the wire and nothing else (at the very start .CRLF), whatever the line
// ends are made into. No line is ever buffered whole.
//
// What comes out may hold lines that begin with a dot, or are one ("\n.\n" on the wire is such a
// line, not an end). It goes on through a DotEncoder or as BDAT, never as it is.
class DotDecoder {
 public:
  explicit DotDecoder(LineEnds line_ends) : line_ends_(line_ends) {}

  // Takes bytes up to the end of the data, appends what they mean to `out` and returns how many
  // were taken: all of them, or up to and with the CRLF.CRLF. At most 2 * wire.size() + 4 bytes
  // come out. Once finished() it takes nothing more.
  std::size_t take(std::string_view wire, Buffer& out);

  // Takes the front of `wire` as far as it comes out as it is, and returns how much that is:
  // whoever calls passes those bytes on, without the copy that take() makes. 0 where there is no
  // such front.
  std::size_t take_as_it_is(std::string_view wire);

  [[nodiscard]] bool finished() const { return at_ == At::end; }
  // In reject mode: a bare CR, LF or a NUL was seen. The rest is still taken, to find the end, but
  // nothing more comes out. In normalize mode a NUL counts, too, and is never passed on.
  [[nodiscard]] bool refused() const { return refused_; }
  // Octets of the message so far, after normalising, before stuffing (what SIZE counts, RFC 1870).
  // It stands still once the message is refused.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  // Where on the wire: what was held back belongs to the name.
  enum class At : std::uint8_t {
    line_start,  // the very start, or after CRLF
    dot,         // a dot at a line start, held back
    dot_cr,      // the same and a CR, both held back
    text,        // anywhere else
    cr,          // a CR elsewhere, held back
    end,
  };

  std::size_t take_text(std::string_view wire, Buffer& out);
  void emit(std::string_view content, Buffer& out);
  void bare_line_end(Buffer& out);

  LineEnds line_ends_;
  At at_ = At::line_start;
  bool refused_ = false;
  std::uint64_t size_ = 0;
};

// The other direction: a message's bytes in chunks of any split, to what goes after DATA.
class DotEncoder {
 public:
  // Appends `content`, dots stuffed at line starts. `content` has no line end but CRLF.
  void take(std::string_view content, Buffer& out);
  // Appends the end: CRLF first where the message did not end with one, then .CRLF.
  void finish(Buffer& out);

 private:
  bool at_line_start_ = true;
};

}  // namespace truerelay::smtp
