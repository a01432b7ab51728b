#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "observe/log.h"

namespace truerelay::observe {

// Lines on their way to a rotating file or to standard error, written by a thread of its own.
// Owns the thread, the queue and the file; destroying it writes what is queued and closes the file.
// Lines that are given up are counted, and the count is written as soon as the file takes it; on
// standard error, where it takes none to the end.
class LineWriter {
 public:
  // The line to write when `lost` lines were given up. Called on another thread.
  using LostLine = std::function<std::string(std::uint64_t lost)>;

  // Of the settings, format and level are not looked at. Fails with a sentence.
  [[nodiscard]] static std::expected<std::unique_ptr<LineWriter>, std::string> open(
      const LogSettings& settings, LostLine lost_line);
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Never waits. `line` has no end of line; an error is flushed to the file at once.
  void write(Level level, std::string_view line);

  // So far. May be asked on any thread.
  [[nodiscard]] std::uint64_t lost_lines() const;

 private:
  struct Machine;

  explicit LineWriter(std::unique_ptr<Machine> machine);

  std::unique_ptr<Machine> machine_;
};

}  // namespace truerelay::observe
