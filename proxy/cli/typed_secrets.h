#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "base/redacted.h"

namespace truerelay::cli {

// What a person, or a program on standard input, gives away. Errors are sentences.
using Given = std::expected<Redacted, std::string>;

// The passphrase of the vault, at the terminal.
[[nodiscard]] Given ask_passphrase();
// The same for commands that also run unattended: nobody is asked then.
[[nodiscard]] std::function<Given()> ask_passphrase_if_somebody_is_there();

// Something that is chosen now: asked for twice.
[[nodiscard]] Given ask_for_new(std::string_view what);

// A secret: asked for where standard input is a terminal, else read from there.
[[nodiscard]] Given take_secret(std::string_view name);

// A new password: asked for twice where standard input is a terminal, else read from there.
[[nodiscard]] Given take_new_password(std::string_view user);

// An app password of Google's as it is shown there, four letters four times with blanks between
// them, without the blanks, which Gmail would refuse; anything else as it is.
[[nodiscard]] Redacted without_blanks_of_app_password(Redacted secret);

}  // namespace truerelay::cli
