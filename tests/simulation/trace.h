#pragma once

#include <string>
#include <string_view>

#include "io/clock.h"
#include "tests/simulation/direction.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A readable transcript of a run: what arrived where, and what happened, with virtual times.
//
// Links and networks take a pointer, which may be null: a sweep runs without, and a seed that fails
// runs once more with a trace. Tracing changes nothing of the run.
class Trace {
 public:
  // The world outlives the trace, or the trace is not used any more.
  explicit Trace(const World& world) : world_(world) {}

  // Bytes that arrived. Neighbours that go the same way on the same link make one line.
  void arrived(std::string_view link, Direction direction, std::string_view bytes);

  // Anything else worth a line; `who` is a link, or any other part of the world.
  void note(std::string_view who, std::string_view what);

  // One event a line: "    0.012345 s  erp-1 to the server: "EHLO a.example\x0D\x0A"".
  [[nodiscard]] const std::string& text();

 private:
  void line(io::Duration at, std::string_view who, std::string_view what);
  void end_line();

  const World& world_;
  std::string text_;
  // The line of bytes that is still growing.
  io::Duration begun_{0};
  std::string link_;
  Direction direction_ = Direction::to_server;
  std::string bytes_;
};

}  // namespace truerelay::simulation
