#include "platform/process.h"

#include <sys/resource.h>

#include <csignal>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace truerelay::platform {

void protect_memory() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void ignore_broken_pipes() {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

bool hanging_up_means_reload() { return true; }

void end_process_group(int leader) { ::kill(-leader, SIGKILL); }

}  // namespace truerelay::platform
