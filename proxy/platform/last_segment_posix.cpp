#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "platform/last_segment.h"

namespace truerelay::platform {

void hold_back_until_close([[maybe_unused]] std::intptr_t socket) {
#ifdef TCP_CORK
  const int on = 1;
  // Where it fails, two segments leave instead of one.
  static_cast<void>(::setsockopt(static_cast<int>(socket), IPPROTO_TCP, TCP_CORK, &on, sizeof on));
#endif
}

}  // namespace truerelay::platform
