#pragma once

#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace truerelay::smtp {

// An SMTP reply (RFC 5321 section 4.2): one code and one text a line, the enhanced status code
// (RFC 3463) included in the text where the sender put it there.
struct Reply {
  int code = 0;
  // At least one, which may be empty; no line ends, no control bytes but HT, which RFC 5321 allows.
  std::vector<std::string> lines;

  Reply() = default;
  Reply(int status, std::string text) : code(status), lines{std::move(text)} {}
  // Not redundant: {"a", "b"} would else be taken for the two ends of one string.
  Reply(int status, std::initializer_list<std::string> texts) : code(status), lines(texts) {}
  Reply(int status, std::vector<std::string> texts) : code(status), lines(std::move(texts)) {}

  bool operator==(const Reply&) const = default;

  [[nodiscard]] bool completion() const { return code / 100 == 2; }
  [[nodiscard]] bool intermediate() const { return code / 100 == 3; }
  [[nodiscard]] bool transient() const { return code / 100 == 4; }
  [[nodiscard]] bool permanent() const { return code / 100 == 5; }
};

// What a parser returns for something that it does not take: return refuse(501, "5.5.4 ...").
[[nodiscard]] inline std::unexpected<Reply> refuse(int code, std::string text) {
  return std::unexpected(Reply(code, std::move(text)));
}

// `text` with each control byte but HT as "?", so that it can neither end a line nor steer a
// terminal.
[[nodiscard]] std::string reply_text(std::string_view text);

// "250-first\r\n250 last\r\n", appended to `out`. Every text goes through reply_text(): whatever
// was put into a reply, exactly one reply leaves.
void serialize(const Reply& reply, std::string& out);
[[nodiscard]] std::string serialize(const Reply& reply);

// All on one line, for logs and for quoting in another reply: "550 5.1.1 No such user / try again".
[[nodiscard]] std::string one_line(const Reply& reply);

}  // namespace truerelay::smtp
