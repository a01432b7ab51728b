// A program that is run for what it prints: how it ends, and how it is ended.

#include "net/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using Printed = std::expected<Redacted, std::string>;
using namespace std::chrono_literals;

class Program : public testing::Loopback {
 protected:
  std::string run_it(std::vector<std::string> command, io::Duration limit = 30s) {
    std::optional<Printed> printed;
    run(keep(std::move(command), limit, printed));
    return *printed ? "printed " + std::string((*printed)->reveal()) : printed->error();
  }
  std::string shell(const std::string& script, io::Duration limit = 30s) {
    return run_it({"/bin/sh", "-c", script}, limit);
  }
  io::Cancellation stop;

  // Neither a process of ours nor what is left of one.
  static bool nothing_is_left() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

 private:
  io::Task<void> keep(std::vector<std::string> command, io::Duration limit,
                      std::optional<Printed>& into) {
    Printed printed = co_await run_program(loop, std::move(command), loop.now() + limit, stop);
    into.emplace(std::move(printed));
  }
};

TEST_F(Program, GivesWhatItPrints) {
  EXPECT_EQ(run_it({"/bin/echo", "A1"}), "printed A1\n");
  EXPECT_EQ(run_it({"/bin/true"}), "printed ");
}

TEST_F(Program, ArgumentsAreNotSeenByAShell) {
  EXPECT_EQ(run_it({"/bin/echo", "$HOME;", "`id`", "a b"}), "printed $HOME; `id` a b\n");
}

TEST_F(Program, GivesAllOfAnOutputThatComesInPieces) {
  const std::string printed = shell("for i in 1 2 3 4 5; do printf %05000d $i; done");
  EXPECT_EQ(printed.size(), std::string("printed ").size() + 25'000);
}

TEST_F(Program, ThatIsNotThereCannotBeStarted) {
  EXPECT_TRUE(run_it({"/nowhere/token"}).starts_with("cannot be started: no such file"));
}

TEST_F(Program, ThatFailsTellsItsStatusAndNothingThatItSaid) {
  EXPECT_EQ(shell("echo canary; echo canary >&2; exit 3"), "ended with status 3");
  EXPECT_EQ(shell("exit 1"), "ended with status 1");
  EXPECT_EQ(shell("head -c 1000000 /dev/zero >&2; echo A1"), "printed A1\n");
}

TEST_F(Program, ThatEndsByASignalHasFailed) {
  EXPECT_EQ(shell("echo A1; kill -TERM $$"), "was ended by signal 15");
}

TEST_F(Program, ThatDoesNotEndIsEnded) {
  EXPECT_EQ(shell("echo A1; exec sleep 600", 300ms), "did not end in time and was ended");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Program, IsEndedWithAllThatItHasStarted) {
  std::array<int, 2> held{};
  ASSERT_EQ(::pipe(held.data()), 0);  // All of them inherit it, and it ends with the last.
  ::fcntl(held[0], F_SETFD, FD_CLOEXEC);
  EXPECT_EQ(shell("sleep 60 & (sleep 60 & wait) & wait", 300ms),
            "did not end in time and was ended");
  ::close(held[1]);
  pollfd end{.fd = held[0], .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&end, 1, 30'000), 1) << "something still runs";
  ::close(held[0]);
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Program, WhatItLeavesBehindIsNotWaitedFor) {
  EXPECT_EQ(shell("sleep 20 & echo A1", 10s), "printed A1\n");
  EXPECT_EQ(shell("sleep 20 & exit 3", 10s), "ended with status 3");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Program, ThatPrintsWithoutEndIsEnded) {
  EXPECT_EQ(run_it({"/usr/bin/yes"}), "printed more than 65536 octets and was ended");
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(Program, GetsNothingOnItsInput) { EXPECT_EQ(shell("cat"), "printed "); }

TEST_F(Program, IsEndedWhenItIsNotWantedAnyMore) {
  stop.cancel();
  EXPECT_EQ(shell("exec sleep 600"), "did not end in time and was ended");
  EXPECT_TRUE(nothing_is_left());
}

}  // namespace
}  // namespace truerelay::net
