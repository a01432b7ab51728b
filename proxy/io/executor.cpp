#include "io/executor.h"

#include <cassert>

namespace truerelay::io {

Executor::~Executor() {
  while (ends_.next_ != &ends_) {
    ends_.next_->unlink();
  }
  ends_.next_ = ends_.previous_ = nullptr;
}

void Executor::post(Job& job) {
  assert(!job.posted());
  const bool was_idle = idle();
  job.previous_ = ends_.previous_;
  job.next_ = &ends_;
  ends_.previous_->next_ = &job;
  ends_.previous_ = &job;
  if (was_idle) {
    became_ready();
  }
}

bool Executor::run_one() {
  if (idle()) {
    return false;
  }
  Job& job = *ends_.next_;
  job.unlink();
  job.run();
  return true;
}

}  // namespace truerelay::io
