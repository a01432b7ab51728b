// A program that is run for what it prints: how it ends, and how it is ended.

#include "net/program.h"

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

TEST_F(Program, ThatFailsIsQuotedWithoutItsControlBytes) {
  EXPECT_EQ(shell("echo canary; printf 'no\\033[2J login' >&2; exit 3"),
            "ended with status 3 and said \"no\\x1B[2J login\"");
  EXPECT_EQ(shell("exit 1"), "ended with status 1");
}

TEST_F(Program, ItsComplaintIsBounded) {
  EXPECT_LT(shell("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1").size(), 400U);
}

TEST_F(Program, ThatEndsByASignalHasFailed) {
  EXPECT_EQ(shell("echo A1; kill -TERM $$"), "was ended by signal 15");
}

TEST_F(Program, ThatDoesNotEndIsEnded) {
  EXPECT_EQ(shell("echo A1; exec sleep 600", 300ms), "did not end in time and was ended");
}

TEST_F(Program, ThatPrintsWithoutEndIsEnded) {
  EXPECT_EQ(run_it({"/usr/bin/yes"}), "printed more than 65536 octets and was ended");
}

TEST_F(Program, GetsNothingOnItsInput) { EXPECT_EQ(shell("cat"), "printed "); }

TEST_F(Program, IsEndedWhenItIsNotWantedAnyMore) {
  stop.cancel();
  EXPECT_EQ(shell("exec sleep 600"), "did not end in time and was ended");
}

}  // namespace
}  // namespace truerelay::net
