// bench_upstream: a submission server on three loopback ports (plaintext, STARTTLS, implicit TLS)
// that forgets what it accepts. Prints its ports as a JSON object and serves until it is ended.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "app/practice_certificates.h"
#include "io/scope.h"
#include "mail_sink.h"
#include "net/listener.h"
#include "net/loop.h"
#include "tls/server_context.h"

namespace {

using namespace truerelay;

int fail(const std::string& why) {
  fmt::print(stderr, "bench_upstream: {}\n", why);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  bench::Sink sink;
  std::string certificates;
  bool no_chunking = false;
  unsigned limit = 0;
  CLI::App options("A submission server that forgets what it accepts.");
  options.add_option("--user", sink.user)->required();
  options.add_option("--password", sink.password)->required();
  options.add_option("--certificates", certificates, "folder, filled if empty")->required();
  options.add_flag("--no-chunking", no_chunking, "offer no CHUNKING");
  options.add_option("--limit", limit, "seconds after which the process ends")->required();
  CLI11_PARSE(options, count, arguments);
  sink.chunking = !no_chunking;
  ::alarm(limit);

  const auto files = app::practice_certificates(certificates);
  if (!files) {
    return fail(files.error());
  }
  const auto tls = tls::ServerContext::load(files->certificate_file, files->key_file);
  if (!tls) {
    return fail(tls.error());
  }

  net::Loop loop;
  io::Scope sessions(loop);
  const std::array<bench::Door, 3> doors{
      {{nullptr, false}, {tls->get(), false}, {tls->get(), true}}};
  std::array<std::unique_ptr<net::Listener>, 3> listeners;
  for (std::size_t i = 0; i < doors.size(); ++i) {
    auto listener = net::Listener::open(
        loop, {"127.0.0.1", 0},
        [&sink, &sessions, door = doors[i]](std::unique_ptr<io::Stream> stream, const io::Peer&) {
          sessions.spawn(bench::serve(sink, door, std::move(stream)));
        },
        [](std::string_view trouble) { fmt::print(stderr, "{}\n", trouble); });
    if (!listener) {
      return fail(listener.error().detail);
    }
    listeners[i] = std::move(*listener);
  }
  fmt::print(R"({{"plain": {}, "starttls": {}, "implicit": {}, "ca_file": "{}"}})"
             "\n",
             listeners[0]->port(), listeners[1]->port(), listeners[2]->port(),
             files->ca_file.string());
  std::fflush(stdout);
  loop.run();
  return 0;
}
