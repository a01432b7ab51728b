// A reply whose texts hold anything, as it goes to a client: "550|first line|last line".

#include <algorithm>
#include <string>
#include <vector>

#include "smtp/reply.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {

void run(std::string_view input) {
  std::vector<std::string_view> found = fields(input, '|');
  const int code = 200 + static_cast<int>(seed_of(found.front()) % 400);
  found.erase(found.begin());
  check_passed_on(smtp::Reply(code, std::vector<std::string>(found.begin(), found.end())));
}

}  // namespace truerelay::fuzz
