#include "platform/open_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace truerelay::platform {
namespace {

class OpenFiles : public ::testing::Test {
 protected:
  OpenFiles() { ::getrlimit(RLIMIT_NOFILE, &before_); }
  ~OpenFiles() override {
    for (const int file : open_) {
      ::close(file);
    }
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

  void limit_to(rlim_t count) {
    const rlimit lower{count, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  // Opens files until one has this number.
  void open_up_to(int number) {
    while (open_.empty() || open_.back() < number) {
      open_.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      ASSERT_GE(open_.back(), 0);
    }
  }

  rlimit before_{};
  std::vector<int> open_;
};

TEST_F(OpenFiles, RaisesTheLimitToTheLargestAllowed) {
  limit_to(100);
  EXPECT_EQ(raise_open_file_limit(), before_.rlim_max);
  rlimit now{};
  ::getrlimit(RLIMIT_NOFILE, &now);
  EXPECT_EQ(now.rlim_cur, before_.rlim_max);
}

TEST_F(OpenFiles, RunShortJustBeforeTheLimit) {
  limit_to(200);
  open_up_to(150);
  EXPECT_FALSE(open_files_run_short(open_.back()));
  open_up_to(190);
  EXPECT_TRUE(open_files_run_short(open_.back()));
  open_up_to(199);  // None is left to ask with.
  EXPECT_TRUE(open_files_run_short(open_.back()));
}

TEST_F(OpenFiles, AreEnoughAgainOnceSomeWereClosed) {
  limit_to(200);
  open_up_to(199);
  const int recent = open_.back();
  for (std::size_t i = 0; i < 50; ++i) {
    ::close(open_[i]);
  }
  open_.erase(open_.begin(), open_.begin() + 50);
  EXPECT_FALSE(open_files_run_short(recent));
  ::close(recent);  // The latest need not be open any more.
  open_.pop_back();
  EXPECT_FALSE(open_files_run_short(recent));
}

}  // namespace
}  // namespace truerelay::platform
