#pragma once

#include <bitset>
#include <cstddef>
#include <list>
#include <mutex>
#include <span>

#include "base/secure_bytes.h"

namespace truerelay {

// Memory for secrets in use, each of which is far smaller than a page: parts of pages that are kept
// out of swap and core files (SecureBytes). What a process may lock in memory is little, so that
// blocks of 16 KiB are taken as they are needed and given back when they are empty; where the
// system locks no more of them, they are wiped all the same.
//
// It is the process's, as that limit is, and the only such thing beside the heap itself. Calls may
// come from any thread.
class SecretMemory {
 public:
  static SecretMemory& of_this_process();

  SecretMemory() = default;
  SecretMemory(const SecretMemory&) = delete;
  SecretMemory& operator=(const SecretMemory&) = delete;

  // Room for `size` octets, 1 or more. Throws std::bad_alloc where the system has no memory left.
  [[nodiscard]] std::span<char> take(std::size_t size);
  // Wipes it; from then on it is another secret's.
  void give_back(std::span<char> room) noexcept;

  // How many blocks there are now.
  [[nodiscard]] std::size_t blocks() const;

 private:
  static constexpr std::size_t kUnit = 64;
  static constexpr std::size_t kUnits = 256;

  // What is larger than a block has one of its own.
  struct Block {
    explicit Block(std::size_t size) : bytes(size) {}
    SecureBytes bytes;
    std::bitset<kUnits> taken;
  };

  mutable std::mutex mutex_;
  std::list<Block> blocks_;
};

}  // namespace truerelay
