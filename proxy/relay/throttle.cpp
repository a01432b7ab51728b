#include "relay/throttle.h"

#include <array>
#include <string_view>

#include "base/ascii.h"

namespace truerelay::relay {
namespace {

struct Row {
  int code;
  std::string_view status;  // With which the first line begins.
  std::string_view words;   // In one of the lines, in any case; empty: whatever they are.
  Throttle throttle;
};

constexpr std::array kRows = {
    // Exchange Online: "STOREDRV.ClientSubmit; sender thread limit exceeded", "Concurrent
    // connections limit exceeded"
    Row{432, "4.3.2", "", Throttle::connections},
    // Exchange Online: "Message submission rate for this client has exceeded the configured limit"
    Row{421, "4.4.2", "submission rate", Throttle::rate},
    // Gmail: "Too many login attempts, please try again later"
    Row{454, "4.7.0", "too many login", Throttle::logins},
    // Amazon SES: "Throttling failure: Maximum sending rate exceeded"
    Row{454, "", "maximum sending rate", Throttle::rate},
};

bool holds(const smtp::Reply& reply, std::string_view words) {
  for (const std::string& line : reply.lines) {
    for (std::size_t at = 0; at + words.size() <= line.size(); ++at) {
      if (ascii_starts_with(std::string_view(line).substr(at), words)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::optional<Throttle> throttle_in(const smtp::Reply& reply) {
  for (const Row& row : kRows) {
    if (reply.code == row.code && reply.lines.front().starts_with(row.status) &&
        holds(reply, row.words)) {
      return row.throttle;
    }
  }
  return std::nullopt;
}

}  // namespace truerelay::relay
