#pragma once

#include <cstddef>
#include <string_view>

namespace truerelay::simulation {

// Finds CRLF "." CRLF in data that comes in pieces. It begins as behind a CRLF.
class EndOfData {
 public:
  // How many octets of `bytes` belong to the data, its end included; found() says whether that was
  // among them.
  [[nodiscard]] std::size_t take(std::string_view bytes) {
    constexpr std::string_view kEnd = "\r\n.\r\n";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (matched_ == 0) {
        i = bytes.find('\r', i);
        if (i == std::string_view::npos) {
          return bytes.size();
        }
      }
      if (bytes[i] == kEnd[matched_]) {
        ++matched_;
      } else {
        matched_ = bytes[i] == '\r' ? 1 : 0;
      }
      if (matched_ == kEnd.size()) {
        return i + 1;
      }
    }
    return bytes.size();
  }
  [[nodiscard]] bool found() const { return matched_ == 5; }

 private:
  std::size_t matched_ = 2;
};

}  // namespace truerelay::simulation
