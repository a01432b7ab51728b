#include "io/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace truerelay::io {
namespace {

constexpr std::size_t kLongest = 10;

// All lines that come out of `bytes` when they are fed `step` at a time; "too long" ends them.
std::vector<std::string> lines_of(std::string_view bytes, std::size_t step) {
  LineReader reader(kLongest);
  Buffer buffer;
  std::vector<std::string> lines;
  while (true) {
    const auto line = reader.line(buffer);
    if (line) {
      lines.emplace_back(*line);
      reader.consume(buffer, *line);
    } else if (reader.too_long(buffer)) {
      lines.emplace_back("too long");
      return lines;
    } else if (bytes.empty()) {
      return lines;
    } else {
      buffer.append(bytes.substr(0, step));
      bytes.remove_prefix(std::min(step, bytes.size()));
    }
  }
}

TEST(LineReader, FindsTheSameLinesHoweverTheBytesCome) {
  struct Case {
    std::string_view bytes;
    std::vector<std::string> lines;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"a", {}},
      {"\n", {"\n"}},
      {"a\r\nb\n\r\nrest", {"a\r\n", "b\n", "\r\n"}},
      {"12345678\r\nx\n", {"12345678\r\n", "x\n"}},
      {"123456789\r\n", {"too long"}},
      {"1234567890", {"too long"}},
      {"123456789", {}},
      {"ok\n1234567890123456789012345678901234567890", {"ok\n", "too long"}},
      {"\r\r\n", {"\r\r\n"}},
  };
  for (const Case& one : cases) {
    for (std::size_t step = 1; step <= one.bytes.size() + 1; ++step) {
      EXPECT_EQ(lines_of(one.bytes, step), one.lines)
          << "\"" << one.bytes << "\", " << step << " at a time";
    }
  }
}

TEST(LineReader, SearchesFromTheStartAfterSomebodyElseTookBytes) {
  LineReader reader(kLongest);
  Buffer buffer;
  buffer.append("abcdef");
  EXPECT_FALSE(reader.line(buffer).has_value());
  buffer.consume(6);
  reader.forget();
  buffer.append("x\n");
  const auto line = reader.line(buffer);
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(*line, "x\n");
}

}  // namespace
}  // namespace truerelay::io
