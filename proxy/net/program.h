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
// not be started, or how it ended. What it says on standard error goes nowhere, for it may hold
// secrets, and clients see the clause.
// At the deadline, at a cancellation, or when it prints too much, it is ended by force, with all
// that it has started. What it leaves behind when it ends by itself is left alone, and not waited
// for. `command` has the program and its arguments; the loop outlives the run.
io::Task<std::expected<Redacted, std::string>> run_program(Loop& loop,
                                                           std::vector<std::string> command,
                                                           io::Time deadline,
                                                           io::Cancellation& cancellation);

}  // namespace truerelay::net
