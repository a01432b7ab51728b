#include "smtp/command.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"
#include "smtp/command_parsers.h"

namespace truerelay::smtp {
namespace {

// An unknown verb is quoted only where it is a word this short. What is longer may be a secret in
// base64 that comes after an AUTH that failed, and replies are logged.
constexpr std::size_t kLongestQuotedVerb = 7;

template <class Simple>
ParsedCommand parse_without_argument(std::string_view argument) {
  if (!argument.empty()) {
    return refuse(501, "5.5.4 This command takes no argument");
  }
  return Simple{};
}

template <class Simple>
ParsedCommand parse_with_any_argument(std::string_view) {
  return Simple{};
}

ParsedCommand parse_not_offered(std::string_view) {
  return refuse(502, "5.5.1 This command is not offered here");
}

struct Parser {
  std::string_view verb;
  ParsedCommand (*parse)(std::string_view argument);
};

constexpr Parser kParsers[] = {
    {"HELO", parse_helo},
    {"EHLO", parse_ehlo},
    {"MAIL", parse_mail},
    {"RCPT", parse_recipient},
    {"DATA", parse_without_argument<Data>},
    {"BDAT", parse_bdat},
    {"RSET", parse_without_argument<Reset>},
    {"NOOP", parse_with_any_argument<Noop>},
    {"QUIT", parse_without_argument<Quit>},
    {"AUTH", parse_auth},
    {"STARTTLS", parse_without_argument<StartTls>},
    {"VRFY", parse_with_any_argument<Verify>},
    {"EXPN", parse_with_any_argument<Expand>},
    {"HELP", parse_with_any_argument<Help>},
    {"ETRN", parse_not_offered},
    {"TURN", parse_not_offered},
    {"XCLIENT", parse_not_offered},
    {"XFORWARD", parse_not_offered},
};

std::string_view without_spaces_around(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(' ') + 1));
  return text;
}

ParsedCommand refuse_unknown(std::string_view verb) {
  if (verb.empty()) {
    return refuse(500, "5.5.2 A command is expected");
  }
  if (verb.size() > kLongestQuotedVerb || !std::ranges::all_of(verb, ascii_alpha)) {
    return refuse(500, "5.5.2 Command not recognised");
  }
  return refuse(500, fmt::format("5.5.2 Command not recognised: {}", verb));
}

}  // namespace

std::optional<std::string_view> after_keyword(std::string_view argument, std::string_view keyword) {
  if (!ascii_starts_with(argument, keyword)) {
    return std::nullopt;
  }
  std::string_view rest = without_spaces_around(argument.substr(keyword.size()));
  if (!rest.starts_with(':')) {
    return std::nullopt;
  }
  return without_spaces_around(rest.substr(1));
}

std::expected<Command, Reply> parse_command(std::string_view line) {
  const std::string_view text = line.substr(0, line.size() - (line.ends_with("\r\n") ? 2 : 0));
  const std::string_view verb = text.substr(0, text.find(' '));
  const auto parser = std::ranges::find_if(
      kParsers, [verb](const Parser& known) { return ascii_equal(known.verb, verb); });
  const bool known = parser != std::end(kParsers);
  if (!known) {  // No verb above begins another protocol.
    if (std::optional<Foreign> foreign = looks_foreign(line)) {
      return *std::move(foreign);
    }
  }
  const bool auth = ascii_starts_with(line, "AUTH ");
  if (line.size() > (auth ? kLongestCommandLine : kLongestOtherCommandLine)) {
    return refuse(500, "5.5.2 The command line is too long");
  }
  if (text.ends_with('\n')) {
    return refuse(500, "5.5.2 A command line ends with CRLF, not with LF alone");
  }
  if (!known) {
    return refuse_unknown(verb);
  }
  ParsedCommand command = parser->parse(without_spaces_around(text.substr(verb.size())));
  // From here on no command holds a control byte, whichever parser took it.
  if (command && std::ranges::any_of(text, ascii_control)) {
    return refuse(501, "5.5.4 Control bytes are not allowed in a command");
  }
  return command;
}

}  // namespace truerelay::smtp
