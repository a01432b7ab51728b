#include "net/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <memory>
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

// A coroutine that can be destroyed while it waits.
struct Abandoned {
  struct promise_type {
    Abandoned get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

Abandoned work_and_be_abandoned(io::Worker& worker, std::atomic<int>& begun, bool& resumed) {
  co_await io::on_worker(worker, [&begun] { return ++begun; });
  resumed = true;
}

TEST_F(WorkerTest, LetsAJobOutliveItsCoroutineAndTheWorker) {
  std::atomic<int> begun = 0;
  bool resumed = false;
  auto gone = std::make_unique<Worker>(loop);
  std::vector<Abandoned> waiting;
  for (int i = 0; i < 5; ++i) {
    waiting.push_back(work_and_be_abandoned(*gone, begun, resumed));
  }
  for (const Abandoned& one : waiting) {
    one.frame.destroy();
  }
  gone.reset();
  loop.run();
  EXPECT_FALSE(resumed);
  EXPECT_EQ(begun, 2) << "what had not begun is not begun for nobody";
}

}  // namespace
}  // namespace truerelay::net
