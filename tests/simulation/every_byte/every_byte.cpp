#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/simulation/every_byte/conversation.h"
#include "tests/simulation/every_byte/mode.h"

// Lets the upstream die at every single byte of a conversation, in every mode. Whatever the byte,
// the message is accepted exactly once and the client told so, over another connection where that
// is needed; or it is in doubt, where its last byte had been handed on.
namespace {

using namespace truerelay::simulation;

// Of a long message; a prime, so that it falls on all kinds of places.
constexpr std::uint64_t kLongStride = 211;
// The handshake's signatures are not of the same length each time.
constexpr std::uint64_t kSlack = 8;

struct Options {
  std::map<std::string, std::string> wanted;  // Option and value, of what is to be run alone.
  std::uint64_t stride = 1;
  bool traced = false;

  [[nodiscard]] bool wants(const std::string& options) const {
    return std::ranges::all_of(wanted, [&](const auto& each) {
      return each.second.empty() ||
             (options + " ").find(each.first + " " + each.second + " ") != std::string::npos;
    });
  }
};

class Sweep {
 public:
  Sweep(const PracticeTls& practice, const Options& options, std::string program)
      : practice_(practice), options_(options), program_(std::move(program)) {}

  void run(const Mode& mode) {
    const Conversation clean = hold_conversation(mode, std::nullopt, practice_, false);
    note(clean, mode, std::nullopt);
    if (clean.tally.messages[Verdict::true_accept] != 1 || clean.carried.to_server == 0) {
      fmt::print("{}: the clean run went wrong\n", mode.options());
      ++failed_;
      return;
    }
    const std::uint64_t before = runs_;
    Tally tally;
    die_along(mode, Direction::to_server, clean.before.to_server, clean.carried.to_server, tally);
    die_along(mode, Direction::to_client, clean.before.to_client, clean.carried.to_client, tally);
    fmt::print("{}: {} deaths, {} accepted, {} in doubt\n", mode.options(), runs_ - before,
               tally.messages[Verdict::true_accept], tally.messages[Verdict::in_doubt]);
    std::fflush(stdout);
  }

  void run_at(const Mode& mode, Place place) {
    const Conversation one = hold_conversation(mode, place, practice_, options_.traced);
    std::fputs(one.trace.c_str(), stdout);
    note(one, mode, place);
    ++runs_;
  }

  [[nodiscard]] bool went_well() const {
    fmt::print("{} deaths, {} of them handled wrongly\n", runs_, failed_);
    return runs_ > 0 && failed_ == 0;
  }

 private:
  void die_along(const Mode& mode, Direction direction, std::uint64_t from, std::uint64_t to,
                 Tally& tally) {
    const std::uint64_t stride = options_.stride * (mode.small() ? 1 : kLongStride);
    for (std::uint64_t at = from; at <= to + kSlack; at += stride) {
      const Place place{direction, at};
      const Conversation one = hold_conversation(mode, place, practice_, false);
      tally.add(one.tally);
      note(one, mode, place);
      ++runs_;
    }
  }

  void note(const Conversation& one, const Mode& mode, const std::optional<Place>& place) {
    if (one.wrong.empty()) {
      return;
    }
    if (++failed_ > kMostShown) {
      return;
    }
    for (const std::string& sentence : one.wrong) {
      fmt::print("{} {}: {}\n", mode.options(), place ? place->options() : "clean", sentence);
    }
    if (place) {
      fmt::print("  replay: {} {} {} --trace\n", program_, mode.options(), place->options());
    }
  }

  static constexpr std::uint64_t kMostShown = 20;

  const PracticeTls& practice_;
  const Options& options_;
  const std::string program_;
  std::uint64_t runs_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The upstream dies at every single byte of a conversation.", "every_byte");
  Options options;
  for (const char* option :
       {"--tls", "--transfer", "--connection", "--window", "--content", "--death"}) {
    app.add_option(option, options.wanted[option], "Only the modes with this");
  }
  std::string direction;
  std::uint64_t at = 0;
  app.add_option("--direction", direction, "With --at: to_server or to_client, this one place");
  CLI::Option* alone = app.add_option("--at", at, "This one byte")->needs("--direction");
  app.add_option("--stride", options.stride, "Every how manieth byte")->check(CLI::PositiveNumber);
  app.add_flag("--trace", options.traced, "With --at: print the conversation");
  CLI11_PARSE(app, argc, argv);

  const PracticeTls practice({upstream_host()});
  Sweep sweep(practice, options, argv[0]);
  for (const Mode& mode : all_modes()) {
    if (!options.wants(mode.options())) {
      continue;
    }
    if (*alone) {
      sweep.run_at(mode,
                   {direction == "to_client" ? Direction::to_client : Direction::to_server, at});
    } else {
      sweep.run(mode);
    }
  }
  return sweep.went_well() ? EXIT_SUCCESS : EXIT_FAILURE;
}
