#include "base/secret_name.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"

namespace truerelay {
namespace {

constexpr std::size_t kLongestName = 128;

}  // namespace

bool is_secret_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return ascii_alpha(c) || ascii_digit(c) || std::string_view("-_.@+").contains(c);
  });
}

}  // namespace truerelay
