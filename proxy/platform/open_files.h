#pragma once

#include <cstddef>

namespace truerelay::platform {

// Every connection is an open file to the system, and a process may have only so many.

// Raises the limit to what the system lets this process have, and returns it.
std::size_t raise_open_file_limit();

// Fewer than a small reserve are left. The reserve is for upstream connections, certificates and
// logs: a client that is let in on the last descriptor could not be served.
// `recent` is a descriptor that was opened lately; where its number is small (descriptors are given
// out from the lowest) the answer costs no system call.
[[nodiscard]] bool open_files_run_short(int recent);
// The same, for whoever has no descriptor: the system is always asked.
[[nodiscard]] bool open_files_run_short();

}  // namespace truerelay::platform
