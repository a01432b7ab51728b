#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/ascii.h"
#include "platform/host_name.h"

namespace truerelay::platform {
namespace {

// Labels of letters, digits and hyphens, two of them at least.
bool fully_qualified(std::string_view name) {
  const bool characters = std::ranges::all_of(
      name, [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '.'; });
  return characters && name.contains('.') && !name.starts_with('.') && !name.ends_with('.') &&
         !name.contains("..") && name.size() <= 253;
}

// hosts(5): an address, then its canonical name, then aliases; "127.0.1.1 erp.contoso.example erp".
std::string from_hosts_file(std::string_view short_name) {
  std::ifstream hosts("/etc/hosts");
  std::string line;
  while (std::getline(hosts, line)) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    std::string qualified;
    bool this_machine = false;
    words >> word;
    while (words >> word) {
      this_machine = this_machine || ascii_equal(word, short_name) ||
                     ascii_starts_with(word, std::string(short_name) + ".");
      if (qualified.empty() && fully_qualified(word)) {
        qualified = word;
      }
    }
    if (this_machine && !qualified.empty()) {
      return qualified;
    }
  }
  return {};
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0') {
    if (fully_qualified(name.data())) {
      return name.data();
    }
    const std::string found = from_hosts_file(name.data());
    if (!found.empty()) {
      return found;
    }
  }
  return "localhost.localdomain";
}

}  // namespace truerelay::platform
