#include "tests/fuzz/passed_on.h"

#include <algorithm>
#include <optional>
#include <string>

#include "smtp/reply_parser.h"
#include "tests/attacks/bytes.h"
#include "tests/fuzz/reference_replies.h"
#include "tests/fuzz/require.h"

namespace truerelay::fuzz {

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
}

void check_passed_on(const smtp::Reply& reply) {
  const std::string wire = smtp::serialize(reply);
  const attacks::Replies heard = attacks::read_replies(wire);
  require_same(heard.fault, "", "a client hears a reply");
  require(heard.whole.size() == 1, "a client hears one reply");
  require(heard.codes().front() == reply.code, "a client hears the code");
  require(is_plain(smtp::one_line(reply)), "on one line there is no control byte");

  const bool bounded = wire.size() <= smtp::ReplyParser::kLargestReply &&
                       reply.lines.size() <= smtp::ReplyParser::kMostLines;
  const Read again = reference_replies(wire);
  if (bounded && !again.broken) {
    require(again.replies.size() == 1, "what was passed on is one reply");
    const std::vector<std::string>& lines = again.replies.front().lines;
    require(lines.size() == std::max<std::size_t>(1, reply.lines.size()), "no line is lost");
    for (std::size_t i = 0; i < reply.lines.size(); ++i) {
      require(lines[i].size() == reply.lines[i].size(), "no text is longer or shorter");
      for (std::size_t j = 0; j < lines[i].size(); ++j) {
        require(lines[i][j] == reply.lines[i][j] || lines[i][j] == '?', "the text is the same");
      }
    }
  }
}

}  // namespace truerelay::fuzz
