#pragma once

#include "auth/local_users.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/scratch.h"
#include "observe/events.h"
#include "relay/duplicates.h"
#include "relay/replay_memory.h"

namespace truerelay::relay {

// What every session uses and none owns. Outlives all sessions.
struct Services {
  io::Clock& clock;
  io::Executor& executor;
  observe::Events& events;
  io::Cancellation& stopping;  // No new transactions: the service drains.
  io::Cancellation& stopped;   // The time to drain is over: what is under way ends with 421.
  Duplicates& duplicates;
  ReplayMemory& replay_memory;
  io::ScratchMaker& scratch;                // For messages that `replay_file` lets go to the disk.
  auth::LocalUsers* local_users = nullptr;  // nullptr where no listener has them log in.
};

}  // namespace truerelay::relay
