#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/simulation/sweep/mail_world.h"

namespace {

unsigned long long number(std::uint64_t value) { return value; }

}  // namespace

// Runs the whole relay in simulated worlds, each drawn from a seed, until as many client sessions
// were served as asked for, and holds what clients were told against what the upstream did.
int main(int argc, char** argv) {
  using namespace truerelay::simulation;
  CLI::App app("The relay in simulated worlds: faults on either side at any byte.", "simulate");
  std::uint64_t first = 1;
  std::uint64_t sessions = 100'000;
  bool traced = false;
  app.add_option("--first", first, "The first seed")->capture_default_str();
  app.add_option("--sessions", sessions, "How many client sessions, at least")
      ->capture_default_str();
  app.add_flag("--trace", traced, "Print every conversation");
  CLI11_PARSE(app, argc, argv);

  const PracticeTls practice(MailWorld::upstream_hosts());
  Tally tally;
  std::uint64_t served = 0;
  std::uint64_t failed = 0;
  std::uint64_t seed = first;
  for (; served < sessions && failed < 10; ++seed) {
    const MailWorld::Report report = MailWorld(seed, practice, traced).run();
    served += report.sessions;
    tally.add(report.tally);
    if (traced) {
      std::fputs(report.trace.c_str(), stdout);
    }
    for (const std::string& wrong : report.wrong) {
      std::printf("seed %llu: %s\n", number(seed), wrong.c_str());
    }
    if (!report.wrong.empty()) {
      ++failed;
      std::printf("  replay: %s --first %llu --sessions 1 --trace\n", argv[0], number(seed));
    }
  }
  std::printf("%llu sessions from seeds %llu to %llu, ", number(served), number(first),
              number(seed - 1));
  std::printf("%llu letters; %llu seeds failed\n", number(tally.letters), number(failed));
  std::printf("messages: %s\nrecipients: %s\n", tally.messages.text().c_str(),
              tally.recipients.text().c_str());
  std::printf(
      "of the true accepts: %llu by the fallback, %llu remembered, %llu repaired, %llu "
      "overtaken\n",
      number(tally.by_fallback), number(tally.remembered), number(tally.repaired),
      number(tally.overtaken));
  // A sweep in which nothing happens proves nothing.
  const bool told_something =
      tally.messages[Verdict::true_accept] > 0 && tally.messages[Verdict::true_refusal] > 0;
  return failed == 0 && told_something ? EXIT_SUCCESS : EXIT_FAILURE;
}
