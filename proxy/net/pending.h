#pragma once

#include <cassert>

#include "io/executor.h"

namespace truerelay::net {

// Where the one operation of a direction waits for its completion.
//
// It is parked in a queue of its own. So an operation that is destroyed falls out of the queue, and
// a stream that is destroyed leaves the operation alone, in whichever order the two go.
template <class Operation>
class Pending final : private io::Executor {
 public:
  void park(Operation& operation) {
    assert(idle() && "one operation a direction");
    operation_ = &operation;
    post(operation);
  }
  [[nodiscard]] Operation* get() const { return idle() ? nullptr : operation_; }

  // Runs the operation, its result being set. The last act of a callback: the stream may be gone
  // afterwards.
  void complete() { run_one(); }

 private:
  void became_ready() override {}

  Operation* operation_ = nullptr;
};

}  // namespace truerelay::net
