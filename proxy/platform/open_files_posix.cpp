#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "platform/open_files.h"

namespace truerelay::platform {
namespace {

constexpr rlim_t kReserve = 16;

// Read each time: an administrator may change it while the process runs (prlimit).
rlim_t limit() {
  rlimit files{};
  return ::getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : RLIM_INFINITY;
}

}  // namespace

std::size_t raise_open_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) {
    return 0;
  }
  const rlim_t before = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  return static_cast<std::size_t>(::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur
                                                                          : before);
}

bool open_files_run_short(int recent) {
  // Below this number there is no need to ask: even the common soft limit of 256 is far.
  constexpr int kSurelyFine = 128;
  if (recent < kSurelyFine) {
    return false;
  }
  const rlim_t most = limit();
  if (most == RLIM_INFINITY || static_cast<rlim_t>(recent) + kReserve < most) {
    return false;
  }
  return open_files_run_short();
}

bool open_files_run_short() {
  const rlim_t most = limit();
  if (most == RLIM_INFINITY) {
    return false;
  }
  // What is always there to be opened gets the lowest free number, whatever was closed meanwhile.
  const int lowest_free = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lowest_free < 0) {
    return true;
  }
  ::close(lowest_free);
  return static_cast<rlim_t>(lowest_free) + kReserve >= most;
}

}  // namespace truerelay::platform
