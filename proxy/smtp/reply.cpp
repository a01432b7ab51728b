#include "smtp/reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"

namespace truerelay::smtp {
namespace {

void add_reply_text(std::string& line, std::string_view text) {
  const std::size_t before = line.size();
  line += text;
  std::replace_if(
      line.begin() + static_cast<std::ptrdiff_t>(before), line.end(),
      [](char c) { return ascii_control(c) && c != '\t'; }, '?');
}

void add_line(std::string& out, std::string_view code, char separator, std::string_view text) {
  out += code;
  out += separator;
  add_reply_text(out, text);
  out += "\r\n";
}

}  // namespace

std::string reply_text(std::string_view text) {
  std::string safe;
  add_reply_text(safe, text);
  return safe;
}

void serialize(const Reply& reply, std::string& out) {
  const fmt::format_int digits(reply.code);
  const std::string_view code(digits.data(), digits.size());
  constexpr std::size_t kAroundText = 6;  // Code, separator, line end.
  std::size_t octets = out.size();
  for (const std::string& text : reply.lines) {
    octets += kAroundText + text.size();
  }
  out.reserve(octets);
  // The space stands before an empty text, too: RFC 5321 section 4.2 asks servers for it.
  if (reply.lines.empty()) {
    add_line(out, code, ' ', "");
  }
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    add_line(out, code, i + 1 < reply.lines.size() ? '-' : ' ', reply.lines[i]);
  }
}

std::string serialize(const Reply& reply) {
  std::string out;
  serialize(reply, out);
  return out;
}

std::string one_line(const Reply& reply) {
  std::string line = fmt::format_int(reply.code).str();
  std::string_view separator = " ";
  for (const std::string& text : reply.lines) {
    if (!text.empty()) {
      line += separator;
      add_reply_text(line, text);
      separator = " / ";
    }
  }
  return line;
}

}  // namespace truerelay::smtp
