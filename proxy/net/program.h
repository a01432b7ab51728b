#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "base/redacted.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/task.h"

namespace truerelay::net {

class Loop;

// What may come of a program's output. More ends it.
inline constexpr std::size_t kMostPrinted = std::size_t{64} * 1024;

// Runs a program and waits for its end: no shell, nothing on its standard input, the environment
// and the folder of this process. What it printed, or a clause without a full stop: that it could
// not be started, how it ended, and the first of what it said on standard error, fit to be shown.
// At the deadline, at a cancellation, or when it prints too much, it is ended by force.
// `command` has the program and its arguments; the loop outlives the run.
io::Task<std::expected<Redacted, std::string>> run_program(Loop& loop,
                                                           std::vector<std::string> command,
                                                           io::Time deadline,
                                                           io::Cancellation& cancellation);

}  // namespace truerelay::net
