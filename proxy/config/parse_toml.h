#pragma once

#include <expected>
#include <span>
#include <string>

#include "config/document.h"

namespace truerelay::config {

// Where the text is not TOML, and why, in one clause.
struct SyntaxError {
  Position at;
  std::string message;
};

// `text` as a tree; `lines` is the same text in lines, in which the places of keys are looked up.
[[nodiscard]] std::expected<Node, SyntaxError> parse_toml(const std::string& text,
                                                          std::span<const std::string> lines);

}  // namespace truerelay::config
