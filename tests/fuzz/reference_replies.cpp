#include "tests/fuzz/reference_replies.h"

#include <optional>
#include <string>

#include "smtp/reply_parser.h"

namespace truerelay::fuzz {
namespace {

using Parser = smtp::ReplyParser;

bool digit_between(char c, char least, char most) { return c >= least && c <= most; }

struct Line {
  int code;
  bool last;
  std::string text;
};

// Without its CRLF.
std::optional<Line> read_line(std::string_view line) {
  if (line.size() < 3 || !digit_between(line[0], '2', '5') || !digit_between(line[1], '0', '9') ||
      !digit_between(line[2], '0', '9') || line.find('\n') != line.npos) {
    return std::nullopt;
  }
  Line read{100 * (line[0] - '0') + 10 * (line[1] - '0') + (line[2] - '0'), true, {}};
  if (line.size() > 3) {
    if (line[3] != ' ' && line[3] != '-') {
      return std::nullopt;
    }
    read.last = line[3] == ' ';
    for (const char c : line.substr(4)) {
      const bool control = (c >= 0 && c < ' ' && c != '\t') || c == 0x7F;
      read.text += control ? '?' : c;
    }
  }
  return read;
}

}  // namespace

Read reference_replies(std::string_view bytes) {
  Read read;
  smtp::Reply reply;
  std::size_t size = 0;
  while (true) {
    const std::size_t end = bytes.find('\n');
    const std::size_t length = end == bytes.npos ? bytes.size() : end + 1;
    if (length > Parser::kLongestLine ||
        (end == bytes.npos && length == Parser::kLongestLine)) {  // Its end could not come in time.
      read.broken = true;
      return read;
    }
    if (end == bytes.npos) {
      return read;
    }
    size += length;
    const bool ended_well = end > 0 && bytes[end - 1] == '\r';
    const std::optional<Line> line =
        ended_well ? read_line(bytes.substr(0, end - 1)) : std::nullopt;
    const bool fits = line && (reply.lines.empty() || reply.code == line->code);
    if (!fits || reply.lines.size() == Parser::kMostLines || size > Parser::kLargestReply) {
      read.broken = true;
      return read;
    }
    reply.code = line->code;
    reply.lines.push_back(line->text);
    if (line->last) {
      read.replies.push_back(reply);
      reply = {};
      size = 0;
    }
    bytes.remove_prefix(length);
  }
}

}  // namespace truerelay::fuzz
