// bench_forwarder: the wide area between a relay and its upstream. Prints its port as a JSON object
// and forwards until it is ended.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "wide_area.h"

int main(int count, char** arguments) {
  std::uint16_t upstream_port = 0;
  std::int64_t delay = 0;
  truerelay::bench::WideArea::Road road;
  unsigned limit = 0;
  CLI::App options("A TCP forwarder over a distance.");
  options.add_option("--to", upstream_port, "the upstream's port")->required();
  options.add_option("--delay-us", delay, "one way");
  options.add_option("--octets-per-second", road.octets_per_second, "of a connection, to upstream");
  options.add_option("--limit", limit, "seconds after which the process ends")->required();
  CLI11_PARSE(options, count, arguments);
  road.delay = std::chrono::microseconds(delay);
  ::alarm(limit);
  try {
    truerelay::bench::WideArea area(road, upstream_port);
    fmt::print("{{\"port\": {}}}\n", area.port());
    std::fflush(stdout);
    area.run();
  } catch (const std::exception& failure) {
    fmt::print(stderr, "bench_forwarder: {}\n", failure.what());
    return 1;
  }
}
