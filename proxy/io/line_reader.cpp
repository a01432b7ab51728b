#include "io/line_reader.h"

namespace truerelay::io {

std::optional<std::string_view> LineReader::line(const Buffer& buffer) {
  const std::string_view bytes = buffer.readable();
  const std::size_t end = bytes.find('\n', searched_);
  if (end == std::string_view::npos) {
    searched_ = bytes.size();
    return std::nullopt;
  }
  searched_ = end;
  if (end + 1 > longest_) {
    return std::nullopt;
  }
  return bytes.substr(0, end + 1);
}

void LineReader::consume(Buffer& buffer, std::string_view line) {
  buffer.consume(line.size());
  searched_ = 0;
}

bool LineReader::too_long(const Buffer& buffer) const {
  return searched_ >= longest_ && buffer.size() >= longest_;
}

}  // namespace truerelay::io
