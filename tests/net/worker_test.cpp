#include "net/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using truerelay::testing::Loopback;

class WorkerTest : public Loopback {
 protected:
  Worker worker{loop};
};

// How many jobs run at this moment, and the most that ever did.
struct Crowd {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
};

io::Task<void> work(io::Worker& worker, Crowd& crowd, std::vector<int>& done, int number) {
  const std::thread::id here = std::this_thread::get_id();
  const int result = co_await io::on_worker(worker, [&crowd, here, number] {
    EXPECT_NE(std::this_thread::get_id(), here);
    const int now = ++crowd.now;
    int most = crowd.most;
    while (most < now && !crowd.most.compare_exchange_weak(most, now)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --crowd.now;
    return number;
  });
  EXPECT_EQ(std::this_thread::get_id(), here);
  done.push_back(result);
}

TEST_F(WorkerTest, DoesEveryJobOnAnotherThreadTwoAtATime) {
  Crowd crowd;
  std::vector<int> done;
  io::Scope scope(loop);
  for (int i = 0; i < 40; ++i) {
    scope.spawn(work(worker, crowd, done, i));
  }
  loop.run();
  EXPECT_EQ(done.size(), 40U);
  EXPECT_LE(crowd.most, 2);
  EXPECT_EQ(scope.running(), 0U);
}

TEST_F(WorkerTest, EndsWhatNobodyWaitsForAnyMore) {
  Crowd crowd;
  std::vector<int> done;
  {
    Worker gone(loop);
    io::Scope scope(loop);
    for (int i = 0; i < 5; ++i) {
      scope.spawn(work(gone, crowd, done, i));
    }
  }
  loop.run();
  EXPECT_TRUE(done.empty());
  EXPECT_EQ(crowd.now, 0);
}

}  // namespace
}  // namespace truerelay::net
