#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "io/task.h"

namespace truerelay::io {

// Where work goes that holds up whoever does it, a file to be read or a password to be hashed, so
// that it is not the loop. Jobs run on other threads, several at a time, each when its turn comes.
class Worker {
 public:
  class Job {
   public:
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;
    // On another thread: uses nothing that the loop's thread uses meanwhile. Does not throw.
    virtual void run() = 0;
  };

  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  virtual ~Worker() = default;

  // Returns when the job has run. Where whoever waits is destroyed before, the job still ends.
  virtual Task<void> run(std::shared_ptr<Job> job) = 0;
};

// What `function` returns, called on another thread. It owns what it uses, or that outlives the
// loop.
template <class Function>
Task<std::invoke_result_t<Function&>> on_worker(Worker& worker, Function function) {
  using Result = std::invoke_result_t<Function&>;
  struct Work final : Worker::Job {
    explicit Work(Function work) : function(std::move(work)) {}
    void run() override { result.emplace(function()); }
    Function function;
    std::optional<Result> result;
  };
  const std::shared_ptr<Work> work = std::make_shared<Work>(std::move(function));
  co_await worker.run(work);
  co_return *std::move(work->result);
}

}  // namespace truerelay::io
