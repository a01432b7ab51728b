#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/task.h"

namespace truerelay::io {

// A place for bytes that do not fit in memory, such as the body of a long message that may have to
// be sent again. Bytes are appended, and read back from anywhere, any number of times.
//
// It is never visible under a name, only its owner can read it, and it is gone when it is
// destroyed, or when the process ends in whatever way. One operation is under way at a time. Each
// takes as long as a disk takes; there is no deadline to it. Where the scratch is destroyed while
// an operation is under way, the operation still completes.
// The error of a failure is a sentence without a full stop, for an administrator.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  virtual ~Scratch() = default;

  // All of `bytes`, which are copied before the first wait. On failure (the disk is full) what was
  // there before is as it was, and size() too.
  virtual Task<std::expected<void, std::string>> append(std::string_view bytes) = 0;

  // Appends to `into` at least 1 and at most `at_most` (which is not 0) of the bytes that begin at
  // `offset`, and returns how many; 0 where offset is size() or more.
  virtual Task<std::expected<std::size_t, std::string>> read(std::uint64_t offset, Buffer& into,
                                                             std::size_t at_most) = 0;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

// Makes them: files, or whatever a test likes.
class ScratchMaker {
 public:
  virtual ~ScratchMaker() = default;
  virtual std::expected<std::unique_ptr<Scratch>, std::string> make() = 0;
};

}  // namespace truerelay::io
