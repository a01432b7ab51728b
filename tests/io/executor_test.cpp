#include "io/executor.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

struct Note final : Executor::Job {
  Note(std::vector<int>& where, int what) : list(where), number(what) {}
  void run() override { list.push_back(number); }
  std::vector<int>& list;
  int number;
};

TEST(Executor, RunsJobsInTheOrderInWhichTheyWerePosted) {
  ManualLoop loop;
  std::vector<int> ran;
  Note first(ran, 1);
  Note second(ran, 2);
  Note third(ran, 3);
  loop.post(second);
  loop.post(first);
  loop.post(third);
  EXPECT_TRUE(first.posted());
  loop.run_jobs();
  EXPECT_EQ(ran, (std::vector<int>{2, 1, 3}));
  EXPECT_FALSE(first.posted());
  EXPECT_TRUE(loop.idle());
}

TEST(Executor, AJobThatIsDestroyedBeforeItsTurnNeverRuns) {
  ManualLoop loop;
  std::vector<int> ran;
  Note first(ran, 1);
  auto second = std::make_unique<Note>(ran, 2);
  Note third(ran, 3);
  loop.post(first);
  loop.post(*second);
  loop.post(third);
  second.reset();
  loop.run_jobs();
  EXPECT_EQ(ran, (std::vector<int>{1, 3}));
}

TEST(Executor, AJobThatWasTakenOutCanBePostedAgain) {
  ManualLoop loop;
  std::vector<int> ran;
  Note first(ran, 1);
  Note second(ran, 2);
  loop.post(first);
  loop.post(second);
  first.unlink();
  loop.post(first);
  loop.run_jobs();
  EXPECT_EQ(ran, (std::vector<int>{2, 1}));
}

TEST(Executor, AJobMayPostItselfWhileItRuns) {
  struct Again final : Executor::Job {
    explicit Again(Executor& executor) : on(executor) {}
    void run() override {
      if (++runs < 3) {
        on.post(*this);
      }
    }
    Executor& on;
    int runs = 0;
  };
  ManualLoop loop;
  Again job(loop);
  loop.post(job);
  EXPECT_TRUE(loop.run_one());
  EXPECT_TRUE(job.posted());
  loop.run_jobs();
  EXPECT_EQ(job.runs, 3);
}

TEST(Executor, AJobMayDestroyItselfAndOthers) {
  struct Last final : Executor::Job {
    explicit Last(std::vector<std::unique_ptr<Executor::Job>>& everything) : all(everything) {}
    void run() override { all.clear(); }  // This job too.
    std::vector<std::unique_ptr<Executor::Job>>& all;
  };
  ManualLoop loop;
  std::vector<int> ran;
  std::vector<std::unique_ptr<Executor::Job>> jobs;
  jobs.push_back(std::make_unique<Last>(jobs));
  jobs.push_back(std::make_unique<Note>(ran, 1));
  loop.post(*jobs[0]);
  loop.post(*jobs[1]);
  loop.run_jobs();
  EXPECT_TRUE(ran.empty());
  EXPECT_TRUE(jobs.empty());
}

TEST(Executor, JobsThatOutliveTheirExecutorAreFree) {
  std::vector<int> ran;
  Note job(ran, 1);
  {
    ManualLoop loop;
    loop.post(job);
  }
  EXPECT_FALSE(job.posted());
  ManualLoop other;
  other.post(job);
  other.run_jobs();
  EXPECT_EQ(ran, (std::vector<int>{1}));
}

}  // namespace
}  // namespace truerelay::io
