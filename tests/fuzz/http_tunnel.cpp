// An HTTP proxy that answers anything to CONNECT: where there is a connection, it said 2xx, and not
// a byte behind the header is taken.

#include <string_view>

#include "tests/fuzz/asked_proxy.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/spoken_to.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";

}  // namespace

void run(std::string_view input) {
  for (const bool login : {false, true}) {
    const AskedProxy found = ask_proxy(egress::connect_by_http, input, login);
    require(begins(found.asked, "CONNECT smtp.example.com:587 HTTP/1.1\r\n"), "it was asked");
    if (!found.failure) {
      require(input.ends_with(found.rest), "what follows the header is left alone");
      std::string_view header = input.substr(0, input.size() - found.rest.size());
      require(header.ends_with(kEnd), "the header is whole");
      header.remove_suffix(kEnd.size());
      const std::size_t before = header.rfind(kEnd);  // Behind the interim answers.
      header.remove_prefix(before == header.npos ? 0 : before + kEnd.size());
      require(header.starts_with("HTTP/1.") && header.substr(8, 2) == " 2", "it said 2xx");
    }
  }
}

}  // namespace truerelay::fuzz
