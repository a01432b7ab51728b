#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "tests/relay/stage_script.h"
#include "tests/simulation/world.h"

namespace truerelay::relay {

// An upstream that does just what a test tells it, for what no decent server does: silence, wrong
// order, replies that nobody asked for. It also keeps what came together in one flight.
//
// Left alone it takes every message, offers PIPELINING and needs no login. What it is told holds
// for all connections; on_connection() is for one alone, and comes first.
class StagedUpstream : public StageScript {
 public:
  explicit StagedUpstream(simulation::World& world) : scope_(world) {}

  void offer(std::string ehlo_lines);
  // The how manieth connection, from 1.
  [[nodiscard]] StageScript& on_connection(std::size_t number) { return scripts_[number]; }

  // On the newest connection, or on that one, unasked.
  void blurt(std::string reply);
  void hang_up();
  void hang_up(std::size_t connection);

  void serve(std::unique_ptr<io::Stream> stream);

  // What it heard, one entry for what came together, "\n" for CRLF; contents left out.
  std::vector<std::string> flights;
  std::vector<std::size_t> flown_on;  // The connection of each of them.
  std::vector<std::string> bodies;    // As on the wire, without the final dot; of chunks, joined.
  std::vector<std::size_t> chunks;    // How long each was that came whole.
  std::size_t connections = 0;
  std::size_t most_at_once = 0;

  [[nodiscard]] bool heard(std::string_view command) const { return times(command) > 0; }
  // How often a line began with this.
  [[nodiscard]] std::size_t times(std::string_view command) const;
  // Connections that are open now.
  [[nodiscard]] std::size_t sessions() const { return scope_.running(); }

 private:
  class Session;

  io::Task<void> run(std::shared_ptr<io::Stream> stream, std::size_t connection);
  io::Task<void> write(std::shared_ptr<io::Stream> stream, std::string bytes);
  [[nodiscard]] Act what_to_do(std::size_t connection, const std::string& line);

  io::Scope scope_;
  std::map<std::size_t, StageScript> scripts_;
  std::vector<std::shared_ptr<io::Stream>> streams_;
};

}  // namespace truerelay::relay
