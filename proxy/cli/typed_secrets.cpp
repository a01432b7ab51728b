#include "cli/typed_secrets.h"

#include <fmt/core.h>

#include <utility>

#include "base/ascii.h"
#include "platform/console.h"

namespace truerelay::cli {
namespace {

// A blank, or the one that does not break a line, which a browser may put in its place.
std::size_t blank_at(std::string_view text) {
  return text.starts_with(' ') ? 1 : text.starts_with("\xC2\xA0") ? 2 : 0;
}

}  // namespace

Given ask_passphrase() {
  Given given = platform::ask_hidden("Passphrase of the vault: ");
  if (!given) {
    return std::unexpected(
        "the vault is sealed with a passphrase, and nobody gave it: " + given.error() +
        "; name a file that holds it with --passphrase-file, or with \"passphrase_file\" in "
        "[vault]");
  }
  return given;
}

std::function<Given()> ask_passphrase_if_somebody_is_there() {
  return platform::input_is_terminal() ? std::function<Given()>(ask_passphrase)
                                       : std::function<Given()>();
}

Given ask_for_new(std::string_view what) {
  Given first = platform::ask_hidden(fmt::format("{}: ", what));
  if (!first) {
    return first;
  }
  const Given second = platform::ask_hidden(fmt::format("{}, again: ", what));
  if (!second) {
    return std::unexpected(second.error());
  }
  if (first->reveal() != second->reveal()) {
    return std::unexpected("these were two different ones; nothing was changed");
  }
  return first;
}

Given take_secret(std::string_view name) {
  return platform::input_is_terminal() ? platform::ask_hidden(fmt::format("Value of {}: ", name))
                                       : platform::read_input();
}

Given take_new_password(std::string_view user) {
  return platform::input_is_terminal() ? ask_for_new(fmt::format("Password of {}", user))
                                       : platform::read_input();
}

Redacted without_blanks_of_app_password(Redacted secret) {
  std::string letters;
  letters.reserve(16);
  std::string_view rest = secret.reveal();
  for (std::size_t i = 0; i < 16; ++i) {
    const std::size_t blank = i > 0 && i % 4 == 0 ? blank_at(rest) : 0;
    const bool missing_blank = i > 0 && i % 4 == 0 && blank == 0;
    rest.remove_prefix(blank);
    if (missing_blank || rest.empty() || !ascii_alpha(rest.front())) {
      wipe(letters);
      return secret;
    }
    letters += rest.front();
    rest.remove_prefix(1);
  }
  Redacted stripped{std::string(letters)};
  wipe(letters);
  return rest.empty() ? std::move(stripped) : std::move(secret);
}

}  // namespace truerelay::cli
