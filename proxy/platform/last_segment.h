#pragma once

#include <cstdint>

namespace truerelay::platform {

// What is written to this TCP socket from now on waits for the socket's close() and leaves in one
// segment with its end (FIN), where the system can do that; else it leaves as always. Should the
// close not follow, the system sends it by itself within a moment (Linux: 0.2 s).
void hold_back_until_close(std::intptr_t socket);

}  // namespace truerelay::platform
