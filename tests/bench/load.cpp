// bench_load: N programs that have mail to send, at a port of this machine. Prints what came of it
// as a JSON object; with --hold they say EHLO and wait (see hold.h).
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

#include "base/base64.h"
#include "course.h"
#include "hold.h"
#include "io/scope.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"

namespace {

using namespace truerelay;

void run(net::Loop& loop, bench::Course& course, bool each) {
  net::TcpDialer dialer(loop);
  io::Scope clients(loop);
  course.latencies.reserve(course.messages);
  course.first_began = course.last_ended = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < course.clients; ++i) {
    clients.spawn(bench::take_part(course, loop, dialer));
  }
  loop.run();
  fmt::print("{}\n", bench::result_of(course, each));
}

}  // namespace

int main(int count, char** arguments) {
  bench::Course course;
  std::size_t octets = 1024;
  std::string user;
  std::string password;
  bool each = false;
  bool hold = false;
  unsigned limit = 0;
  CLI::App options("Programs that have mail to send.");
  options.add_option("--port", course.port)->required();
  options.add_option("--clients", course.clients, "at the same time");
  options.add_option("--messages", course.messages, "in all");
  options.add_option("--per-connection", course.per_connection, "messages of a connection");
  options.add_option("--octets", octets, "size of a message");
  options.add_option("--recipients", course.letter.recipients, "of each message");
  options.add_option("--user", user, "log in with AUTH PLAIN");
  options.add_option("--password", password);
  options.add_flag("--each", each, "print every latency");
  options.add_flag("--hold", hold, "only connect, say EHLO and wait for SIGTERM");
  options.add_option("--limit", limit, "seconds after which the process ends")->required();
  CLI11_PARSE(options, count, arguments);
  ::alarm(limit);

  if (!user.empty()) {
    std::string response(1, '\0');
    response.append(user).append(1, '\0').append(password);
    course.letter.login = base64_encode(response);
  }
  course.letter.content = bench::content_of(octets);
  net::Loop loop;
  if (hold) {
    bench::Held held{course.letter, course.port, course.clients, 0, {}};
    bench::hold(loop, held);
  } else {
    run(loop, course, each);
  }
  return 0;
}
