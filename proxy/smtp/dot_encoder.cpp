#include "smtp/dot_codec.h"

namespace truerelay::smtp {

void DotEncoder::take(std::string_view content, Buffer& out) {
  if (content.empty()) {
    return;
  }
  if (at_line_start_ && content.front() == '.') {
    out.append(".");
  }
  at_line_start_ = content.back() == '\n';
  while (true) {
    const std::size_t dotted = content.find("\n.");
    if (dotted == std::string_view::npos) {
      out.append(content);
      return;
    }
    out.append(content.substr(0, dotted + 2));
    out.append(".");
    content.remove_prefix(dotted + 2);
  }
}

void DotEncoder::finish(Buffer& out) {
  out.append(at_line_start_ ? ".\r\n" : "\r\n.\r\n");
  at_line_start_ = true;
}

}  // namespace truerelay::smtp
