#pragma once

namespace truerelay::platform {

// What a process that holds secrets and speaks to strangers arranges with the system at its start,
// and how it ends others.

// Keeps passwords out of core files and out of reach of debuggers of the same user: no core dumps,
// and on Linux the process is not dumpable (which also closes /proc/PID to that user).
void protect_memory();

// Writing to a connection that the peer has reset gives an error, not a signal that ends the
// process. net::Loop sees to it, for libuv writes without MSG_NOSIGNAL.
void ignore_broken_pipes();

// Whether a signal that the terminal has hung up asks a service to read its configuration again:
// custom where services have no terminal. Elsewhere it is a window that closes, and the end.
[[nodiscard]] bool hanging_up_means_reload();

// Ends by force a process that leads a group of its own and was not yet waited for, and all others
// of that group.
void end_process_group(int leader);

}  // namespace truerelay::platform
