#pragma once

#include <coroutine>

namespace truerelay::io {

// What is ready to go on, in the order in which it became ready.
//
// Nothing resumes a coroutine from inside another one: it posts here, and the loop that owns the
// executor (net::Loop, or the simulated one) runs what was posted, one after the other.
// One thread.
class Executor {
 public:
  // Something that is to run once. Owned by whoever posts it; a job that is destroyed before its
  // turn never runs.
  class Job {
   public:
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() { unlink(); }

    virtual void run() = 0;
    [[nodiscard]] bool posted() const { return next_ != nullptr; }
    // Takes the job out of the queue, if it is in it.
    void unlink() {
      if (next_ != nullptr) {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        next_ = previous_ = nullptr;
      }
    }

   private:
    friend class Executor;
    Job* next_ = nullptr;
    Job* previous_ = nullptr;
  };

  Executor() { ends_.next_ = ends_.previous_ = &ends_; }
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor();

  // `job` will run from the loop. It must not be in the queue already.
  void post(Job& job);

  // Runs one job; false when there was none. For the loop that owns the executor.
  bool run_one();
  [[nodiscard]] bool idle() const { return ends_.next_ == &ends_; }

 protected:
  // The queue was empty and is not any more: the loop must not sleep.
  virtual void became_ready() = 0;

 private:
  struct Ends final : Job {
    void run() override {}
  };
  Ends ends_;
};

// A job that resumes a coroutine.
class Resumption final : public Executor::Job {
 public:
  void set(std::coroutine_handle<> handle) { handle_ = handle; }
  void run() override { handle_.resume(); }

 private:
  std::coroutine_handle<> handle_;
};

}  // namespace truerelay::io
