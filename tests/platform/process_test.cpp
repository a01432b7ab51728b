#include "platform/process.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace truerelay::platform {
namespace {

// Each in a process of its own, for the effect stays.
int exit_status_of(bool (*holds)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(holds() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#ifdef __linux__
bool dumpable() { return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0; }
#else
bool dumpable() { return false; }
#endif

bool memory_is_protected() {
  protect_memory();
  rlimit core{1, 1};
  ::getrlimit(RLIMIT_CORE, &core);
  return core.rlim_cur == 0 && core.rlim_max == 0 && !dumpable();
}

bool broken_pipe_is_an_error() {
  ignore_broken_pipes();
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    return false;
  }
  ::close(ends[0]);
  return ::write(ends[1], "x", 1) == -1 && errno == EPIPE;
}

TEST(Process, ProtectedMemoryIsNotDumped) { EXPECT_EQ(exit_status_of(memory_is_protected), 0); }

TEST(Process, WritingToABrokenPipeIsAnError) {
  EXPECT_EQ(exit_status_of(broken_pipe_is_an_error), 0);
}

}  // namespace
}  // namespace truerelay::platform
