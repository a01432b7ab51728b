#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace truerelay::attacks {

// Bytes are judged here by rules written once more, so that an error in the product's own parsers
// does not hide itself.

// A CR without LF, an LF without CR, or a NUL.
[[nodiscard]] bool has_bare_line_end_or_nul(std::string_view bytes);

// The bytes with control bytes made visible, for messages.
[[nodiscard]] std::string visible(std::string_view bytes);

// What a client heard, read as strictly as RFC 5321 section 4.2 allows.
struct Replies {
  std::vector<std::string> whole;  // Each with all its lines and their ends.
  std::string fault;               // What was not a reply, and why; empty where all was well.

  [[nodiscard]] std::vector<int> codes() const;
};
[[nodiscard]] Replies read_replies(std::string_view bytes);

}  // namespace truerelay::attacks
