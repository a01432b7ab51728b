#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "smtp/command.h"

namespace truerelay::smtp::test {

// The command that a line is, which must be a `Wanted`.
template <class Wanted>
std::optional<Wanted> parsed(std::string_view line) {
  const std::expected<Command, Reply> command = parse_command(line);
  if (!command) {
    ADD_FAILURE() << line << " was refused: " << one_line(command.error());
    return std::nullopt;
  }
  if (!std::holds_alternative<Wanted>(*command)) {
    ADD_FAILURE() << line << " is another command";
    return std::nullopt;
  }
  return std::get<Wanted>(*command);
}

// The code and the enhanced code with which a line is refused, "501 5.5.4"; "taken" when it is not.
inline std::string refusal(std::string_view line) {
  const std::expected<Command, Reply> command = parse_command(line);
  return command ? "taken" : one_line(command.error()).substr(0, 9);
}

// The same with its text.
inline std::string refusal_text(std::string_view line) {
  const std::expected<Command, Reply> command = parse_command(line);
  return command ? "taken" : one_line(command.error());
}

}  // namespace truerelay::smtp::test
