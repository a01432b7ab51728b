#include <array>
#include <string_view>

#include "config/parts.h"

namespace truerelay::config {
namespace {

constexpr auto kFormats = std::to_array<std::pair<std::string_view, LogFormat>>(
    {{"text", LogFormat::text}, {"json", LogFormat::json}});
constexpr auto kLevels =
    std::to_array<std::pair<std::string_view, LogLevel>>({{"debug", LogLevel::debug},
                                                          {"info", LogLevel::info},
                                                          {"warning", LogLevel::warning},
                                                          {"error", LogLevel::error}});

constexpr std::uint64_t kSmallestFile = 64ULL * 1024;  // A line may be half as large.
constexpr std::uint64_t kLargestLogFile = 100ULL << 30U;

}  // namespace

Log read_log(const Document& document, const Node& table, Findings& findings) {
  Log log;
  TableReader reader(document, table, log_table(), findings);
  log.file = reader.path("file").value_or("");
  log.format = reader.choice("format", kFormats).value_or(log.format);
  log.level = reader.choice("level", kLevels).value_or(log.level);
  log.max_size = reader.size("max_size", kSmallestFile, kLargestLogFile).value_or(log.max_size);
  log.keep = static_cast<std::size_t>(reader.integer("keep", 0, 1000).value_or(log.keep));
  return log;
}

}  // namespace truerelay::config
