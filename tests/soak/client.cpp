// soak_client: programs that have mail to send, in every way that programs have, to a relay on this
// machine. Prints what came of it as a JSON object; exit status 1 where a reply was unexpected.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "io/scope.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"
#include "tests/soak/visitor.h"
#include "tls/client_context.h"

namespace {

using namespace truerelay;

io::Task<void> come_and_go(net::Loop& loop, net::TcpDialer& dialer, soak::Course& course,
                           simulation::Random random) {
  while (course.begun < course.connections && course.unexpected.empty()) {
    ++course.begun;
    soak::Visitor visitor(loop, course, random);
    co_await visitor.visit(dialer);
  }
}

}  // namespace

int main(int count, char** arguments) {
  soak::Course course;
  std::uint64_t seed = 1;
  std::size_t at_once = 32;
  unsigned limit = 0;
  CLI::App options("Programs that have mail to send, in every way.");
  options.add_option("--plain", course.plain, "the relay's port without TLS")->required();
  options.add_option("--starttls", course.starttls, "the one with STARTTLS")->required();
  options.add_option("--connections", course.connections)->required();
  options.add_option("--messages-each", course.each)->capture_default_str();
  options.add_option("--seed", seed)->capture_default_str();
  options.add_option("--at-once", at_once, "connections")->capture_default_str();
  options.add_option("--limit", limit, "seconds after which the process ends")->required();
  CLI11_PARSE(options, count, arguments);
  ::alarm(limit);

  // It is the memory of the relay that is looked at, not its certificate.
  auto tls = tls::ClientContext::create({.verify = false});
  if (!tls) {
    fmt::print(stderr, "soak_client: {}\n", tls.error());
    return EXIT_FAILURE;
  }
  course.tls = tls->get();
  net::Loop loop;
  net::TcpDialer dialer(loop);
  io::Scope scope(loop);
  simulation::Random random(seed);
  for (std::size_t i = 0; i < at_once; ++i) {
    scope.spawn(come_and_go(loop, dialer, course, random.fork()));
  }
  loop.run();
  for (const auto& [reply, times] : course.unexpected) {
    fmt::print(stderr, "unexpected, {} times: {}\n", times, reply);
  }
  fmt::print(R"({{"connections": {}, "offered": {}, "accepted": {}, "refused": {}, )"
             R"("oversize": {}, "aborted": {}, "unheard": {}, "secured": {}}})"
             "\n",
             course.begun, course.offered, course.accepted, course.refused, course.oversize,
             course.aborted, course.unheard, course.secured);
  return course.unexpected.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}
