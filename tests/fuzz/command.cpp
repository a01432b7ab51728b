// Command lines of a client: each line of the input, with its line end, is one.

#include "smtp/command.h"

#include <optional>

#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/written_again.h"

namespace truerelay::fuzz {

void run(std::string_view input) {
  for (std::size_t i = 0; i <= input.size() && i <= 16; ++i) {
    const std::optional<smtp::Foreign> early = smtp::looks_foreign(input.substr(0, i));
    require(!early || smtp::looks_foreign(input), "what was foreign once stays so");
  }
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    const std::size_t length = end == input.npos ? input.size() : end + 1;
    check_command(input.substr(0, length));
    input.remove_prefix(length);
  }
}

}  // namespace truerelay::fuzz
