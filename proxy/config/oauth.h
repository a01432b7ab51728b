#pragma once

#include "config/config.h"
#include "config/document.h"
#include "config/table_reader.h"

namespace truerelay::config {

// [oauth] of an upstream's file. `upstream` has its name, user and auth already.
[[nodiscard]] OAuth read_oauth(const Document& document, const Node& table,
                               const Upstream& upstream, Findings& findings);

}  // namespace truerelay::config
