#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "egress/tunnel.h"

namespace truerelay::fuzz {

// A proxy that says `answers`, whatever it is asked, and what became of the connection.
struct AskedProxy {
  std::optional<io::Failure> failure;  // None: the connection is there,
  std::string rest;                    // and this is what can be read from it.
  std::string asked;
};

using Ask = io::Task<io::Result<void>> (*)(io::Stream&, const io::Endpoint&, const std::string&,
                                           const Redacted&);

// With a login, the password being "canary", or without one. That it ends, and that a failure is
// fit to be shown, is checked here.
[[nodiscard]] AskedProxy ask_proxy(Ask ask, std::string_view answers, bool login);

}  // namespace truerelay::fuzz
