// abuse_client: many programs that have mail to send, to a relay on this machine that is being
// abused. They send until so many messages have been accepted, and write down what they are told:
// see journal.h. Of one seed the letters and the manners are always the same.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "io/scope.h"
#include "io/sleep.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"
#include "tests/abuse/journal.h"
#include "tests/abuse/letters.h"
#include "tests/simulation/sweep/mail_client.h"

namespace {

using namespace truerelay;
using simulation::Letter;
using simulation::MailClient;
using simulation::Manners;
using simulation::Random;
using simulation::Told;

struct Run {
  std::vector<std::uint16_t> ports;
  std::size_t wanted = 0;
  io::Duration patience{};
  std::ofstream journal{};
  std::uint64_t clients = 0;
  std::size_t offered = 0;
  std::size_t accepted = 0;
};

Manners draw_manners(Random& random, const Run& run) {
  Manners manners = Manners::draw(random);
  manners.patience = run.patience;
  manners.haste = 1000;  // Seconds become milliseconds.
  manners.corrects = 0;  // The journal has each letter once.
  return manners;
}

// Or nothing was: the relay is being started again.
bool failed_for_now(MailClient& client) {
  return client.told().empty() ||
         (client.told().back().final_reply && client.told().back().final_reply->transient());
}

// The number of letters that it has offered; none, where it was not let in.
std::size_t write_down(Run& run, MailClient& client) {
  std::size_t offered = 0;
  for (const Letter& letter : client.letters()) {
    std::vector<const Told*> told;
    for (const Told& each : client.told()) {
      if (each.letter == &letter) {
        told.push_back(&each);
        run.accepted += each.final_reply && each.final_reply->completion() ? 1 : 0;
      }
    }
    if (!told.empty()) {
      ++offered;
      run.journal << abuse::line_of(letter, told) << '\n';
    }
  }
  return offered;
}

io::Task<void> send_mail(Run& run, net::Loop& loop, net::TcpDialer& dialer, Random random) {
  io::Cancellation never;
  while (run.accepted < run.wanted) {
    const std::string name = "c" + std::to_string(++run.clients);
    std::vector<Letter> letters;
    const std::uint64_t count = random.between(1, 6);
    for (std::uint64_t i = 0; i < count; ++i) {
      letters.push_back(abuse::draw_letter(random, name + "-" + std::to_string(i)));
    }
    Manners manners = draw_manners(random, run);
    MailClient client(loop, loop, dialer, random.fork(), std::move(manners), std::move(letters));
    const std::uint16_t port = run.ports[random.between(0, run.ports.size() - 1)];
    co_await client.run({"127.0.0.1", port}, never);
    run.offered += write_down(run, client);
    if (failed_for_now(client)) {  // The next one does not come at once.
      const std::chrono::milliseconds pause(random.scaled_between(50, 2000));
      co_await io::Sleep(loop, loop, loop.now() + pause, never);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  Run run;
  std::uint64_t seed = 1;
  std::size_t at_once = 48;
  double patience = 60;
  std::string journal;
  unsigned limit = 0;
  CLI::App options("Programs that have mail to send to a relay that is being abused.");
  options.add_option("--port", run.ports, "of the relay, one or several")->required();
  options.add_option("--messages", run.wanted, "until so many have been accepted")->required();
  options.add_option("--seed", seed)->capture_default_str();
  options.add_option("--at-once", at_once, "clients")->capture_default_str();
  options.add_option("--patience", patience, "seconds until they call it silence")
      ->capture_default_str();
  options.add_option("--journal", journal, "the file to write")->required();
  options.add_option("--limit", limit, "seconds after which the process ends")->required();
  CLI11_PARSE(options, count, arguments);
  ::alarm(limit);
  run.patience = std::chrono::duration_cast<io::Duration>(std::chrono::duration<double>(patience));
  run.journal.open(journal);

  net::Loop loop;
  net::TcpDialer dialer(loop);
  io::Scope clients(loop);
  Random random(seed);
  for (std::size_t i = 0; i < at_once; ++i) {
    clients.spawn(send_mail(run, loop, dialer, random.fork()));
  }
  loop.run();
  run.journal.flush();
  std::printf("{\"offered\": %zu, \"accepted\": %zu}\n", run.offered, run.accepted);
  return run.journal ? EXIT_SUCCESS : EXIT_FAILURE;
}
