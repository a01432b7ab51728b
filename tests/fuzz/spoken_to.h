#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "io/clock.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "tests/simulation/link.h"
#include "tests/simulation/world.h"

namespace truerelay::fuzz {

// A peer on a simulated link that says the input, whatever it hears, in pieces drawn from it, and
// then ends what it sends.
class SpokenTo {
 public:
  explicit SpokenTo(std::string_view says);

  // What is spoken to: it gets its stream and a deadline a minute away, by which it must be over.
  using Listener = std::function<io::Task<void>(std::unique_ptr<io::Stream>, io::Time)>;
  // Runs both to their ends: what the peer was told.
  std::string meets(const Listener& listener);

 private:
  io::Task<void> say();
  io::Task<void> hear();

  simulation::World world_;
  simulation::LinkEnds ends_;
  io::Scope scope_{world_};
  const std::string says_;
  std::string told_;
};

// What was told begins so, as far as it came: a connection that is closed with bytes unread ends
// with a reset, which may overtake what was said.
[[nodiscard]] inline bool begins(std::string_view told, std::string_view so) {
  return told.substr(0, so.size()) == so.substr(0, told.size());
}

}  // namespace truerelay::fuzz
