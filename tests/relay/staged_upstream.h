#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "tests/simulation/world.h"

namespace truerelay::relay {

// An upstream that does just what a test tells it, for what no decent server does: silence, wrong
// order, replies that nobody asked for. It also keeps what came together in one flight.
//
// Left alone it takes every message, offers PIPELINING and needs no login.
class StagedUpstream {
 public:
  explicit StagedUpstream(simulation::World& world) : scope_(world) {}

  // What it says to a command: "RCPT", or a whole line for that line only. Also "greeting", and "."
  // for the end of the data. Line ends are added; "a\nb" are two lines.
  void answer(const std::string& command, std::string reply) { script_[command].say = reply; }
  // From this command on it says nothing more on that connection.
  void fall_silent_at(const std::string& command) { script_[command].what = What::fall_silent; }
  void hang_up_at(const std::string& command) { script_[command].what = What::hang_up; }
  // Likewise, the first time that the command comes.
  void hang_up_once_at(const std::string& command) { script_[command] = {What::hang_up, "", true}; }
  void offer(std::string ehlo_lines);

  // On the newest connection, unasked.
  void blurt(std::string reply);
  void hang_up();

  void serve(std::unique_ptr<io::Stream> stream);

  // What it heard, one entry for what came together, "\n" for CRLF; bodies left out.
  std::vector<std::string> flights;
  std::vector<std::string> bodies;  // As on the wire, the final dot included.
  std::size_t connections = 0;
  [[nodiscard]] bool heard(std::string_view command) const;
  [[nodiscard]] std::size_t sessions() const { return scope_.running(); }

 private:
  enum class What { say, fall_silent, hang_up };
  struct Act {
    What what = What::say;
    std::string say{};
    bool once = false;
  };

  io::Task<void> run(std::shared_ptr<io::Stream> stream);
  io::Task<void> write(std::shared_ptr<io::Stream> stream, std::string bytes);
  [[nodiscard]] Act act(const std::string& line);

  io::Scope scope_;
  std::map<std::string, Act> script_;
  std::shared_ptr<io::Stream> newest_;
};

}  // namespace truerelay::relay
