#include "smtp/reply.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"

namespace truerelay::smtp {

std::string reply_text(std::string_view text) {
  std::string safe(text);
  std::ranges::replace_if(safe, [](char c) { return ascii_control(c) && c != '\t'; }, '?');
  return safe;
}

void serialize(const Reply& reply, std::string& out) {
  if (reply.lines.empty()) {
    out += fmt::format("{} \r\n", reply.code);
    return;
  }
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    // The space stands before an empty text, too: RFC 5321 section 4.2 asks servers for it.
    const char separator = i + 1 < reply.lines.size() ? '-' : ' ';
    out += fmt::format("{}{}{}\r\n", reply.code, separator, reply_text(reply.lines[i]));
  }
}

std::string serialize(const Reply& reply) {
  std::string out;
  serialize(reply, out);
  return out;
}

std::string one_line(const Reply& reply) {
  std::string line = fmt::format("{}", reply.code);
  std::string_view separator = " ";
  for (const std::string& text : reply.lines) {
    if (!text.empty()) {
      line += separator;
      line += reply_text(text);
      separator = " / ";
    }
  }
  return line;
}

}  // namespace truerelay::smtp
