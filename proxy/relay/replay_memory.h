#pragma once

#include <cstdint>

namespace truerelay::relay {

// How much of all messages together may be kept in memory so that they can be sent again.
class ReplayMemory {
 public:
  // False: there is not so much left.
  [[nodiscard]] bool take(std::uint64_t octets) {
    if (octets > kMost - taken_) {
      return false;
    }
    taken_ += octets;
    return true;
  }
  void give_back(std::uint64_t octets) { taken_ -= octets; }

 private:
  static constexpr std::uint64_t kMost = 32ULL * 1024 * 1024;
  std::uint64_t taken_ = 0;
};

}  // namespace truerelay::relay
