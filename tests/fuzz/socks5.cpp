// A SOCKS5 proxy that answers anything: there is a connection where RFC 1928 says so, and nowhere
// else, and not a byte behind the answers is taken.

#include <string_view>

#include "tests/fuzz/asked_proxy.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

// What follows the answers that make a connection; nullopt where they do not.
std::optional<std::string_view> reference_rest(std::string_view answers, bool login) {
  std::size_t at = 0;
  const auto octet = [&](std::size_t i) {
    return at + i < answers.size() ? static_cast<unsigned char>(answers[at + i]) : 256U;
  };
  const bool logs_in = login && octet(1) == 2;
  if (octet(0) != 5 || (octet(1) != 0 && !logs_in)) {
    return std::nullopt;
  }
  at += 2;
  if (logs_in) {
    if (octet(0) == 256 || octet(1) != 0) {
      return std::nullopt;
    }
    at += 2;
  }
  if (octet(0) != 5 || octet(1) != 0 || octet(2) != 0) {
    return std::nullopt;
  }
  std::size_t address = 0;
  switch (octet(3)) {
    case 1:
      address = 4;
      break;
    case 4:
      address = 16;
      break;
    case 3:
      address = octet(4) == 256 ? answers.size() : 1 + octet(4);
      break;
    default:
      return std::nullopt;
  }
  at += 4 + address + 2;
  return at <= answers.size() ? std::optional(answers.substr(at)) : std::nullopt;
}

}  // namespace

void run(std::string_view input) {
  for (const bool login : {false, true}) {
    const AskedProxy found = ask_proxy(egress::connect_by_socks5, input, login);
    const std::optional<std::string_view> rest = reference_rest(input, login);
    require(rest.has_value() == !found.failure, "a connection is one that RFC 1928 knows");
    require_same(found.rest, rest.value_or(""), "what follows the answers is left alone");
  }
}

}  // namespace truerelay::fuzz
