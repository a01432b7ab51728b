#pragma once

#include "config/config.h"
#include "config/presets.h"
#include "config/table_reader.h"

namespace truerelay::config {

// How many connections an upstream is given and how many messages, how long a client waits for its
// turn, and how much of a message is kept for a second try. `preset` may be nullptr.
void read_limits(TableReader& reader, const Preset* preset, Upstream& upstream);

}  // namespace truerelay::config
