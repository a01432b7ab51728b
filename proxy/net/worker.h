#pragma once

#include <memory>

#include "io/worker.h"

namespace truerelay::net {

class Loop;

// Jobs on libuv's threads, at most two at a time: names are looked up and scratch files are written
// by the same threads, and must not stand in line behind a crowd of logins. The loop outlives it.
class Worker final : public io::Worker {
 public:
  explicit Worker(Loop& loop);

  io::Task<void> run(std::shared_ptr<Job> job) override;

  struct State;  // For the jobs under way, which share it.

 private:
  std::shared_ptr<State> state_;
};

}  // namespace truerelay::net
