#pragma once

#include <filesystem>
#include <memory>

#include "io/scratch.h"
#include "platform/unnamed_file.h"

namespace truerelay::net {

class Loop;

// A scratch in an unnamed file. Reads and writes are done by libuv's threads, so that a slow disk
// does not hold up the loop; so is closing it, for to give back the blocks of a long file takes
// milliseconds.
class ScratchFile final : public io::Scratch {
 public:
  ScratchFile(Loop& loop, platform::UnnamedFile file);
  ~ScratchFile() override = default;

  io::Task<std::expected<void, std::string>> append(std::string_view bytes) override;
  io::Task<std::expected<std::size_t, std::string>> read(std::uint64_t offset, Buffer& into,
                                                         std::size_t at_most) override;
  [[nodiscard]] std::uint64_t size() const override;

  struct Contents;  // For the requests under way, which share it.

 private:
  std::shared_ptr<Contents> contents_;
};

// Makes them, all in one folder. Opening a file is left to the loop's own thread: it takes
// microseconds. The loop outlives it, and its scratch files may.
class ScratchFiles final : public io::ScratchMaker {
 public:
  ScratchFiles(Loop& loop, std::filesystem::path folder);
  std::expected<std::unique_ptr<io::Scratch>, std::string> make() override;

 private:
  Loop& loop_;
  const std::filesystem::path folder_;
};

}  // namespace truerelay::net
