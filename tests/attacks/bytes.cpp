#include "tests/attacks/bytes.h"

#include <fmt/core.h>

#include <algorithm>

namespace truerelay::attacks {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// Why `line`, its CRLF taken off, is no line of a reply; empty where it is one.
std::string fault_of(std::string_view line) {
  if (line.size() < 4 || line[0] < '2' || line[0] > '5' || !digit(line[1]) || !digit(line[2])) {
    return "no reply code and space at the start of: " + visible(line);
  }
  if (line[3] != ' ' && line[3] != '-') {
    return "neither space nor hyphen after the code of: " + visible(line);
  }
  if (std::ranges::any_of(line, [](char c) { return control(c) && c != '\t'; })) {
    return "a control byte in: " + visible(line);
  }
  return {};
}

}  // namespace

bool has_bare_line_end_or_nul(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool lf_follows = i + 1 < bytes.size() && bytes[i + 1] == '\n';
    const bool cr_before = i > 0 && bytes[i - 1] == '\r';
    if (bytes[i] == '\0' || (bytes[i] == '\r' && !lf_follows) || (bytes[i] == '\n' && !cr_before)) {
      return true;
    }
  }
  return false;
}

std::string visible(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 2000)) {
    text +=
        control(c) ? fmt::format("\\x{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return text;
}

std::vector<int> Replies::codes() const {
  std::vector<int> codes;
  for (const std::string& reply : whole) {
    codes.push_back((reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0'));
  }
  return codes;
}

Replies read_replies(std::string_view bytes) {
  Replies replies;
  std::string reply;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) {
      replies.fault = "a line that does not end: " + visible(bytes);
      return replies;
    }
    const std::string_view line = bytes.substr(0, end);
    replies.fault = fault_of(line);
    if (replies.fault.empty() && !reply.empty() && reply.substr(0, 3) != line.substr(0, 3)) {
      replies.fault = "two codes in one reply: " + visible(reply) + visible(line);
    }
    if (!replies.fault.empty()) {
      return replies;
    }
    reply += bytes.substr(0, end + 2);
    if (line[3] == ' ') {
      replies.whole.push_back(std::move(reply));
      reply.clear();
    }
    bytes.remove_prefix(end + 2);
  }
  if (!reply.empty()) {
    replies.fault = "a reply that does not end: " + visible(reply);
  }
  return replies;
}

}  // namespace truerelay::attacks
