#pragma once

namespace truerelay::cli {

// Exit statuses, the same for every command.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  // The thing asked for failed: not accepted, not reachable.
inline constexpr int kUsage = 2;   // Usage or configuration.

// Parses the command line, carries out the command and returns its exit status.
int dispatch(int argc, char** argv);

}  // namespace truerelay::cli
