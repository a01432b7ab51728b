#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/table_reader.h"

namespace truerelay::config {

// "http://proxy.example:3128", "socks5://[2001:db8::1]:1080". Fails with a clause that goes after
// the key's name and quotes nothing, for people write passwords there.
[[nodiscard]] std::expected<Via, std::string> parse_via(std::string_view text);

// via, via_user and via_password_file.
void read_via(TableReader& reader, Upstream& upstream);

}  // namespace truerelay::config
