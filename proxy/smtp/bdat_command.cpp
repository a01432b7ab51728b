#include <algorithm>

#include "base/ascii.h"
#include "smtp/command_parsers.h"
#include "smtp/decimal.h"

namespace truerelay::smtp {

// RFC 3030 section 2. A BDAT that fails here has a chunk of unknown size behind it: whoever answers
// it must not read on as if commands followed.
ParsedCommand parse_bdat(std::string_view argument) {
  const std::size_t end = std::min(argument.find(' '), argument.size());
  const std::expected<std::uint64_t, std::errc> size = parse_decimal(argument.substr(0, end));
  if (!size) {
    return refuse(501, "5.5.4 BDAT needs the size of its chunk in octets: BDAT 1000");
  }
  argument.remove_prefix(end);
  argument.remove_prefix(std::min(argument.find_first_not_of(' '), argument.size()));
  if (!argument.empty() && !ascii_equal(argument, "LAST")) {
    return refuse(501, "5.5.4 BDAT takes a size and LAST, no more");
  }
  return Bdat{.size = *size, .last = !argument.empty()};
}

}  // namespace truerelay::smtp
