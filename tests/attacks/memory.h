#pragma once

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <string>

#include "tests/base/memory_is_kept.h"

namespace truerelay::attacks {

// How much the memory of this process has grown, at its peak, since this was made.
class MemoryWatch {
 public:
  MemoryWatch() {
    std::ofstream("/proc/self/clear_refs") << 5;  // From here on the peak is counted anew.
    before_ = read("VmRSS:");
  }

  // Octets; 0 where the system does not tell, or a sanitizer keeps what is freed.
  [[nodiscard]] std::size_t grown() const {
    return kMemoryIsKept ? 0 : std::max(read("VmHWM:"), before_) - before_;
  }

 private:
  static std::size_t read(const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
      if (word == key) {
        std::size_t kibibytes = 0;
        status >> kibibytes;
        return kibibytes * 1024;
      }
    }
    return 0;
  }

  std::size_t before_ = 0;
};

}  // namespace truerelay::attacks
