#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "smtp/reply.h"

namespace truerelay::smtp {

// A parameter of MAIL or RCPT (RFC 5321 section 4.1.2, esmtp-param), not yet understood. It views
// the command line.
struct Parameter {
  std::string_view keyword;               // Letters, digits, hyphens.
  std::optional<std::string_view> value;  // Printable ASCII, not empty.

  [[nodiscard]] bool is(std::string_view name) const;  // Case does not matter.
};

// Splits what follows a path. 501 5.5.4 where a parameter is malformed or comes twice.
[[nodiscard]] std::expected<std::vector<Parameter>, Reply> split_parameters(std::string_view rest);

// 555 5.5.4, naming the parameter.
[[nodiscard]] std::unexpected<Reply> unknown_parameter(const Parameter& parameter);

}  // namespace truerelay::smtp
