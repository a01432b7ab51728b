#include "smtp/reply_parser.h"

#include <fmt/core.h>

#include <utility>

#include "base/ascii.h"

namespace truerelay::smtp {
namespace {

// The three digits at the start of a reply line, or 0.
int reply_code(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !ascii_digit(line[1]) ||
      !ascii_digit(line[2])) {
    return 0;
  }
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

}  // namespace

std::expected<std::optional<Reply>, std::string> ReplyParser::take(std::string_view line) {
  // The line end.
  if (!line.ends_with('\n')) {
    return std::unexpected("a reply line does not end");
  }
  if (!line.ends_with("\r\n")) {
    return std::unexpected("a reply line ends with a bare LF");
  }
  if (line.size() > kLongestLine) {
    return std::unexpected(fmt::format("a reply line is longer than {} octets", kLongestLine));
  }
  size_ += line.size();
  line.remove_suffix(2);
  if (line.contains('\n')) {
    return std::unexpected("a reply line has a bare LF inside");
  }

  // The code, and whether more lines follow.
  const int code = reply_code(line);
  const bool shaped = line.size() == 3 || (line.size() > 3 && (line[3] == ' ' || line[3] == '-'));
  if (code == 0 || !shaped) {
    return std::unexpected(
        fmt::format("a reply line does not begin with a reply code: \"{}\"", printable(line, 80)));
  }
  if (in_reply() && code != reply_.code) {
    return std::unexpected(
        fmt::format("the lines of one reply carry the codes {} and {}", reply_.code, code));
  }

  // The bounds of a whole reply.
  if (reply_.lines.size() == kMostLines) {
    return std::unexpected(fmt::format("a reply has more than {} lines", kMostLines));
  }
  if (size_ > kLargestReply) {
    return std::unexpected(fmt::format("a reply is larger than {} octets", kLargestReply));
  }

  const bool last = line.size() == 3 || line[3] == ' ';
  reply_.code = code;
  reply_.lines.push_back(line.size() > 4 ? reply_text(line.substr(4)) : std::string());
  if (!last) {
    return std::nullopt;
  }
  size_ = 0;
  return std::exchange(reply_, Reply());
}

}  // namespace truerelay::smtp
