#include "hold.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

#include "io/event.h"
#include "io/scope.h"
#include "net/signals.h"
#include "net/tcp_dialer.h"

namespace truerelay::bench {
namespace {

// How many connect at the same time: a crowd at the door is another measurement.
constexpr std::size_t kAtOnce = 64;

io::Task<void> open_some(net::Loop& loop, Held& held, net::TcpDialer& dialer) {
  while (held.begun < held.wanted) {
    ++held.begun;
    auto client = std::make_unique<SmtpClient>(loop, held.letter);
    const bool opened = co_await client->open(dialer, held.port);
    if (opened) {
      held.clients.push_back(std::move(client));
    } else {
      fmt::print(stderr, "not held: {}\n", client->reply());
    }
  }
}

io::Task<void> open_keep_and_ask(net::Loop& loop, Held& held, net::TcpDialer& dialer,
                                 io::Event& told) {
  io::Scope openers(loop);
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    openers.spawn(open_some(loop, held, dialer));
  }
  co_await openers.finished();
  fmt::print("{{\"held\": {}}}\n", held.clients.size());
  std::fflush(stdout);

  co_await told.wait();
  std::size_t alive = 0;
  for (const std::unique_ptr<SmtpClient>& client : held.clients) {
    const bool answered = co_await client->noop();
    alive += answered ? 1U : 0U;
  }
  bool sent = false;
  if (!held.clients.empty()) {
    sent = co_await held.clients.back()->send();
  }
  fmt::print("{{\"alive\": {}, \"sent\": {}}}\n", alive, sent);
  std::fflush(stdout);
  held.clients.clear();
  loop.stop();
}

}  // namespace

void hold(net::Loop& loop, Held& held) {
  net::TcpDialer dialer(loop);
  io::Event told(loop);
  const net::Signals signals(loop, [&told](net::Signal) { told.notify(); });
  io::Scope scope(loop);
  scope.spawn(open_keep_and_ask(loop, held, dialer, told));
  loop.run();
}

}  // namespace truerelay::bench
