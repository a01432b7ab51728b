#include "tests/fuzz/require.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

#include "tests/attacks/bytes.h"

namespace truerelay::fuzz {
namespace {

[[noreturn]] void end(std::string_view text, const std::source_location& where) {
  fmt::print(stderr, "{}:{}: does not hold: {}\n", where.file_name(), where.line(), text);
  std::fflush(stderr);
  std::abort();
}

}  // namespace

void require(bool holds, std::string_view what, std::source_location where) {
  if (!holds) {
    end(what, where);
  }
}

void require_same(std::string_view found, std::string_view expected, std::string_view what,
                  std::source_location where) {
  if (found != expected) {
    end(fmt::format("{}\n  found:    {}\n  expected: {}", what, attacks::visible(found),
                    attacks::visible(expected)),
        where);
  }
}

}  // namespace truerelay::fuzz
