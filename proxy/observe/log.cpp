#include "observe/log.h"

#include <fmt/core.h>

#include <chrono>
#include <utility>

#include "observe/json_line.h"
#include "observe/line_writer.h"
#include "observe/text_line.h"

namespace truerelay::observe {
namespace {

template <class Record>
std::string line_of(LogSettings::Format format, const Record& record) {
  const auto now = std::chrono::floor<io::Duration>(std::chrono::system_clock::now());
  return format == LogSettings::Format::json ? json_line(now, record) : text_line(now, record);
}

}  // namespace

std::expected<std::unique_ptr<Log>, std::string> Log::open(const LogSettings& settings) {
  auto lost_line = [format = settings.format](std::uint64_t lost) {
    const std::string text =
        lost == 1 ? "1 log line was lost" : fmt::format("{} log lines were lost", lost);
    return line_of(format, Note{.level = Level::error, .upstream = {}, .text = text});
  };
  auto writer = LineWriter::open(settings, std::move(lost_line));
  if (!writer) {
    return std::unexpected(std::move(writer.error()));
  }
  return std::unique_ptr<Log>(new Log(settings, std::move(*writer)));
}

Log::Log(const LogSettings& settings, std::unique_ptr<LineWriter> writer)
    : format_(settings.format), level_(settings.level), writer_(std::move(writer)) {}

Log::~Log() = default;

template <class Record>
void Log::write(Level level, const Record& record) {
  if (level >= level_) {
    writer_->write(level, line_of(format_, record));
  }
}

void Log::message(const MessageRecord& record) { write(level_of(record.outcome), record); }

void Log::session_failed(const SessionRecord& record) { write(Level::warning, record); }

void Log::note(Level level, std::string_view upstream, std::string_view text) {
  write(level, Note{.level = level, .upstream = upstream, .text = text});
}

std::uint64_t Log::lost_lines() const { return writer_->lost_lines(); }

}  // namespace truerelay::observe
