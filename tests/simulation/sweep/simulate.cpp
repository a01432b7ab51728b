#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "tests/simulation/sweep/mail_world.h"

namespace {

using namespace truerelay::simulation;

// Of a sweep that is long enough every event is to have happened once in so many sessions, some
// hundred times in 100,000.
constexpr std::uint64_t kSessionsEach = 500;
constexpr std::uint64_t kLongEnough = 50'000;

// The exit status of a sweep in which something never happened: it proves nothing about that.
constexpr int kDeadGenerator = 3;

unsigned long long number(std::uint64_t value) { return value; }

struct Options {
  std::optional<std::uint64_t> first;
  std::uint64_t sessions = 100'000;
  std::uint64_t most_wrong = 1;
  std::chrono::seconds lasts{0};
  bool traced = false;
};

// Worlds from one seed after the other.
class Sweep {
 public:
  Sweep(const Options& options, std::string program)
      : options_(options),
        program_(std::move(program)),
        first_(options.first.value_or(options.lasts.count() > 0 ? fresh_seed() : 1)),
        seed_(first_) {}

  void run() {
    const auto end = std::chrono::steady_clock::now() + options_.lasts;
    const bool for_a_time = options_.lasts.count() > 0;
    while (failed_ < options_.most_wrong &&
           (for_a_time ? std::chrono::steady_clock::now() < end : served_ < options_.sessions)) {
      run_seed();
      ++seed_;
    }
  }

  [[nodiscard]] int report() const {
    std::printf("%llu sessions from seeds %llu to %llu, %llu letters; %llu seeds failed\n",
                number(served_), number(first_), number(seed_ - 1), number(tally_.letters),
                number(failed_));
    std::printf("messages: %s\nrecipients: %s\n", tally_.messages.text().c_str(),
                tally_.recipients.text().c_str());
    std::printf(
        "of the accepts: %llu by the fallback, %llu remembered, %llu repaired, %llu overtaken\n",
        number(tally_.by_fallback), number(tally_.remembered), number(tally_.repaired),
        number(tally_.overtaken));
    std::printf("what happened:\n%s", census_.text().c_str());
    if (failed_ > 0) {
      return EXIT_FAILURE;
    }
    if (served_ < kLongEnough) {
      return EXIT_SUCCESS;
    }
    const std::vector<Event> rare = census_.rare(served_, kSessionsEach);
    for (const Event event : rare) {
      std::printf("hardly ever happened: %s\n", std::string(name(event)).c_str());
    }
    return rare.empty() ? EXIT_SUCCESS : kDeadGenerator;
  }

 private:
  static std::uint64_t fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 20U) + 1;
  }

  void run_seed() {
    const MailWorld::Report report = MailWorld(seed_, practice_, options_.traced).run();
    served_ += report.sessions;
    tally_.add(report.tally);
    census_.add(report.census);
    if (options_.traced) {
      std::fputs(report.trace.c_str(), stdout);
    }
    if (report.wrong.empty()) {
      return;
    }
    ++failed_;
    if (!options_.traced) {  // The same once more, to be read.
      std::fputs(MailWorld(seed_, practice_, true).run().trace.c_str(), stdout);
    }
    for (const std::string& wrong : report.wrong) {
      std::printf("seed %llu: %s\n", number(seed_), wrong.c_str());
    }
    std::printf("  replay: %s --first %llu --sessions 1 --trace\n", program_.c_str(),
                number(seed_));
  }

  const Options options_;
  const std::string program_;
  const std::uint64_t first_;
  std::uint64_t seed_;
  const PracticeTls practice_{MailWorld::upstream_hosts()};
  Tally tally_;
  Census census_;
  std::uint64_t served_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace

// Runs the whole relay in simulated worlds, each drawn from a seed, until as many client sessions
// were served as asked for, or the time is over, and holds what clients were told against what the
// upstreams did. Exit status 1: something was wrong.
int main(int argc, char** argv) {
  CLI::App app("The relay in simulated worlds: faults on either side at any byte.", "simulate");
  Options options;
  std::uint64_t seconds = 0;
  app.add_option("--first", options.first, "The first seed (default: 1; with --for a fresh one)");
  app.add_option("--sessions", options.sessions, "How many client sessions, at least")
      ->capture_default_str();
  app.add_option("--for", seconds, "Run on with one seed after the other for so long: 1h, 10m, 30s")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, std::uint64_t>{{"s", 1}, {"m", 60}, {"h", 3600}}));
  app.add_option("--most-wrong", options.most_wrong, "Stop after so many seeds that went wrong")
      ->capture_default_str();
  app.add_flag("--trace", options.traced, "Print every conversation");
  CLI11_PARSE(app, argc, argv);
  options.lasts = std::chrono::seconds(seconds);

  Sweep sweep(options, argv[0]);
  sweep.run();
  return sweep.report();
}
