#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "smtp/command.h"

namespace truerelay::smtp {

// The parsers of the commands that take arguments, one file each; parse_command() picks among them.
//
// `argument` is what follows the verb, without spaces around it. A parser need not look for control
// bytes where it accepts text of any kind: parse_command() lets no command with one pass.
using ParsedCommand = std::expected<Command, Reply>;

// What follows "FROM:" or "TO:", in any case and with spaces around the colon; nullopt without it.
[[nodiscard]] std::optional<std::string_view> after_keyword(std::string_view argument,
                                                            std::string_view keyword);

[[nodiscard]] ParsedCommand parse_helo(std::string_view argument);
[[nodiscard]] ParsedCommand parse_ehlo(std::string_view argument);
[[nodiscard]] ParsedCommand parse_mail(std::string_view argument);
[[nodiscard]] ParsedCommand parse_recipient(std::string_view argument);
[[nodiscard]] ParsedCommand parse_auth(std::string_view argument);
[[nodiscard]] ParsedCommand parse_bdat(std::string_view argument);

}  // namespace truerelay::smtp
