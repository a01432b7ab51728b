#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace truerelay::smtp {

// An SMTP reply (RFC 5321 section 4.2): one code and one text a line, the enhanced status code
// (RFC 3463) included in the text where the sender put it there.
struct Reply {
  int code = 0;
  std::vector<std::string>
      lines;  // At least one, which may be empty; no line ends, no control bytes.

  Reply() = default;
  Reply(int status, std::string text) : code(status), lines{std::move(text)} {}
  Reply(int status, std::vector<std::string> texts) : code(status), lines(std::move(texts)) {}

  bool operator==(const Reply&) const = default;

  [[nodiscard]] bool completion() const { return code / 100 == 2; }
  [[nodiscard]] bool intermediate() const { return code / 100 == 3; }
  [[nodiscard]] bool transient() const { return code / 100 == 4; }
  [[nodiscard]] bool permanent() const { return code / 100 == 5; }
};

// "250-first\r\n250 last\r\n", appended to `out`.
void serialize(const Reply& reply, std::string& out);
[[nodiscard]] std::string serialize(const Reply& reply);

// All on one line, for logs and for quoting in another reply: "550 5.1.1 No such user / try again".
[[nodiscard]] std::string one_line(const Reply& reply);

}  // namespace truerelay::smtp
