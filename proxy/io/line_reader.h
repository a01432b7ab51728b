#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/buffer.h"

namespace truerelay::io {

// Finds lines in a buffer that grows. It remembers how far it searched, so that a line that comes
// byte by byte costs no more than one that comes at once.
class LineReader {
 public:
  explicit LineReader(std::size_t longest) : longest_(longest) {}

  // The next line that ends with LF, that ending included, still in the buffer; consume() it after
  // use. nullopt: more bytes are needed, or too_long() holds.
  [[nodiscard]] std::optional<std::string_view> line(const Buffer& buffer);
  void consume(Buffer& buffer, std::string_view line);

  // The buffer holds `longest` bytes and no line end among them.
  [[nodiscard]] bool too_long(const Buffer& buffer) const;

  // Whoever took bytes from the buffer by another way says so.
  void forget() { searched_ = 0; }

 private:
  std::size_t longest_;
  std::size_t searched_ = 0;
};

}  // namespace truerelay::io
