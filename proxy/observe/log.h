#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "observe/events.h"
#include "observe/line_parts.h"

namespace truerelay::observe {

class LineWriter;

struct LogSettings {
  enum class Format { text, json };

  std::filesystem::path file;  // Empty: standard error.
  Format format = Format::text;
  Level level = Level::info;                     // What is less is left out.
  std::uint64_t max_size = 50ULL * 1024 * 1024;  // A file this large is rotated: truerelay.log
  std::size_t keep = 10;                         // becomes truerelay.1.log, and so on.
  std::size_t queue = 8192;                      // Lines that may wait to be written.
};

// The events as lines in a file or on standard error, one line each.
//
// A call formats its line, queues it and returns: a slow or full disk never holds up the mail. When
// the queue is full the oldest line in it is given up, and a line says later how many were lost.
// A thread of the log's own writes; a line reaches the file within a moment, an error at once, and
// everything when the log is destroyed. Several logs can live side by side.
class Log final : public Events {
 public:
  // Fails with a sentence that names the file and the cause.
  [[nodiscard]] static std::expected<std::unique_ptr<Log>, std::string> open(
      const LogSettings& settings);
  ~Log() override;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void message(const MessageRecord& record) override;
  void session_failed(const SessionRecord& record) override;
  void note(Level level, std::string_view upstream, std::string_view text) override;

  // How many lines were given up so far, because the queue was full or the disk took no more.
  [[nodiscard]] std::uint64_t lost_lines() const;

 private:
  Log(const LogSettings& settings, std::unique_ptr<LineWriter> writer);

  template <class Record>
  void write(Level level, const Record& record);

  LogSettings::Format format_;
  Level level_;
  std::unique_ptr<LineWriter> writer_;
};

}  // namespace truerelay::observe
