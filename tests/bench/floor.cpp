// bench_floor: how little processor time a message can cost on this machine, whoever relays it.
// Prints milliseconds as a JSON object.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstddef>

#include "floor_messages.h"
#include "floor_stream.h"

int main(int count, char** arguments) {
  std::size_t messages = 10'000;
  std::size_t mib = 500;
  unsigned limit = 0;
  CLI::App options("The processor time that no relay can do without.");
  options.add_option("--messages", messages);
  options.add_option("--mib", mib);
  options.add_option("--limit", limit, "seconds after which the process ends")->required();
  CLI11_PARSE(options, count, arguments);
  ::alarm(limit);
  fmt::print(R"({{"message_ms": {:.6f}, "mib_ms": {:.6f}, "mib_cipher_ms": {:.6f}}})"
             "\n",
             truerelay::bench::floor_of_a_message(messages), truerelay::bench::floor_of_a_mib(mib),
             truerelay::bench::cipher_of_a_mib(mib));
  return 0;
}
