#include "sandbox/session.h"

#include <utility>

#include "sandbox/submission.h"

namespace truerelay::sandbox {

io::Task<void> serve(const Settings& settings, Services services, Arrival arrival) {
  Submission submission(settings, services, std::move(arrival));
  co_await submission.run();
}

}  // namespace truerelay::sandbox
