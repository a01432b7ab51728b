#include "tests/fuzz/written_again.h"

#include <algorithm>
#include <expected>
#include <string>
#include <variant>

#include "base/ascii.h"
#include "smtp/utf8.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/require.h"

namespace truerelay::fuzz {
namespace {

using smtp::Capabilities;

constexpr Capabilities all_offered() {
  Capabilities all;
  all.eight_bit_mime = all.smtp_utf8 = all.dsn = all.size_offered = true;
  return all;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

void check_path(const smtp::Path& path) {
  require(!has_control(path.local_part) && !has_control(path.domain), "a path has no control byte");
  require(path.local_part.size() <= 64 && path.domain.size() <= 255, "a path is bounded");
  require(smtp::well_formed_utf8(path.text()), "a path is UTF-8");
}

// "VERB X:<path> parameters CRLF": where the path ends for whoever reads it by RFC 5321.
std::size_t end_of_path(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = line.find('<') + 1; i < line.size(); ++i) {
    if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == '\\' && quoted) {
      ++i;
    } else if (line[i] == '>' && !quoted) {
      return i;
    }
  }
  return line.npos;
}

void check_line(std::string_view line, std::size_t longest) {
  require(line.ends_with("\r\n") && !has_control(line.substr(0, line.size() - 2)),
          "a command for an upstream is one line");
  require(line.size() <= longest, "a command for an upstream is bounded");
  const std::size_t end = end_of_path(line);
  require(end != line.npos && (line[end + 1] == ' ' || line[end + 1] == '\r'),
          "the path ends before the parameters");
}

template <class Sent>
Sent read_again(const std::string& line) {
  const std::expected<smtp::Command, smtp::Reply> again = smtp::parse_command(line);
  require(again.has_value() && std::holds_alternative<Sent>(*again), "what is sent can be read");
  return std::get<Sent>(*again);
}

void check_sent(const smtp::Mail& mail) {
  check_path(mail.reverse_path);
  const std::string line = serialize(mail, all_offered());
  check_line(line, 1000);
  const auto again = read_again<smtp::Mail>(line);
  require(again.reverse_path == mail.reverse_path, "the sender is the same");
  require(again.size == mail.size && again.body == mail.body && again.smtp_utf8 == mail.smtp_utf8 &&
              again.ret == mail.ret && again.envid == mail.envid,
          "the parameters of MAIL are the same");
  require_same(serialize(mail, Capabilities{}), "MAIL FROM:<" + mail.reverse_path.text() + ">\r\n",
               "no parameter goes to an upstream that does not offer it");
}

void check_sent(const smtp::Recipient& recipient) {
  check_path(recipient.forward_path);
  require(!recipient.forward_path.null(), "a recipient is somebody");
  const std::string line = serialize(recipient, all_offered());
  check_line(line, 1500);
  const auto again = read_again<smtp::Recipient>(line);
  require(again.forward_path == recipient.forward_path, "the recipient is the same");
  require(again.notify == recipient.notify && again.orcpt_type == recipient.orcpt_type &&
              again.orcpt_address == recipient.orcpt_address,
          "the parameters of RCPT are the same");
  require_same(serialize(recipient, Capabilities{}),
               "RCPT TO:<" + recipient.forward_path.text() + ">\r\n",
               "no parameter goes to an upstream that does not offer it");
}

// AUTH with an argument of the same shape that shares no letter with this one.
std::string with_other_letters(std::string_view line) {
  std::string other(line);
  for (std::size_t i = std::string_view("AUTH ").size(); i < other.size(); ++i) {
    const char first = other[i] >= 'a' ? 'a' : 'A';
    if (ascii_alpha(other[i])) {
      other[i] = static_cast<char>(first + (other[i] - first + 13) % 26);
    }
  }
  return other;
}

// What a client wrote may be a secret, such as a password after an AUTH that was refused.
void check_refusal(const smtp::Reply& refusal, std::string_view line) {
  check_passed_on(refusal);
  require(refusal.code >= 500 && refusal.code < 560, "what is refused is refused for good");
  const std::string said = smtp::serialize(refusal);
  require(said.size() <= 200, "a refusal is short");
  if (ascii_starts_with(line, "AUTH ")) {
    const std::expected<smtp::Command, smtp::Reply> other =
        smtp::parse_command(with_other_letters(line));
    require(!other && other.error() == refusal, "a refusal of AUTH depends on no letter of it");
  }
}

}  // namespace

void check_command(std::string_view line) {
  const std::expected<smtp::Command, smtp::Reply> command = smtp::parse_command(line);
  if (!command) {
    check_refusal(command.error(), line);
    return;
  }
  if (std::holds_alternative<smtp::Foreign>(*command)) {
    return;
  }
  require(!has_control(line.ends_with("\r\n") ? line.substr(0, line.size() - 2) : line),
          "no command holds a control byte");
  if (const auto* mail = std::get_if<smtp::Mail>(&*command)) {
    check_sent(*mail);
  } else if (const auto* recipient = std::get_if<smtp::Recipient>(&*command)) {
    check_sent(*recipient);
  }
}

}  // namespace truerelay::fuzz
