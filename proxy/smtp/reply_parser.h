#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/reply.h"

namespace truerelay::smtp {

// Takes a server's bytes and gives whole replies (RFC 5321 section 4.2.1).
//
// Strict where a lie could hide: every line matches [2-5][0-9][0-9] and then space, "-" or its end,
// all lines of a reply carry the same code, lines end with CRLF and nothing else. Control bytes in
// texts become "?", but for HT, which is legal there. Bounded: see the constants. Whether a code
// fits the command it answers (354 to MAIL) is the caller's to judge.
class ReplyParser {
 public:
  static constexpr std::size_t kLongestLine = 4096;  // RFC 5321 says 512; providers send more.
  static constexpr std::size_t kMostLines = 128;
  static constexpr std::size_t kLargestReply = 16384;

  // Takes one line, its CRLF included. A Reply when it was the last line of one, nullopt when more
  // lines follow, or a clause that says what is wrong with it ("a reply line ends with a bare LF");
  // the connection is of no more use then.
  [[nodiscard]] std::expected<std::optional<Reply>, std::string> take(std::string_view line);

  // Lines of an unfinished reply have been taken.
  [[nodiscard]] bool in_reply() const { return !reply_.lines.empty(); }

 private:
  Reply reply_;
  std::size_t size_ = 0;
};

}  // namespace truerelay::smtp
