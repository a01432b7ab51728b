#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

namespace truerelay::platform {

// The exclusive right to change some other file, for as long as this lives: of all processes, and
// of all holders in one process, one at a time has it. The system takes it back when a process
// ends in whatever way.
//
// It hangs on a file of its own, which is made where it is missing and stays: the file that is
// changed is another one after each change. (flock; LockFileEx on Windows.)
class FileLock {
 public:
  // Waits up to `patience`, on the thread that asks. On failure: a sentence with the remedy.
  [[nodiscard]] static std::expected<FileLock, std::string> acquire(
      const std::filesystem::path& file, std::chrono::milliseconds patience);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace truerelay::platform
