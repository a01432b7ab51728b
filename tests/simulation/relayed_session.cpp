#include "tests/simulation/relayed_session.h"

#include <chrono>
#include <optional>

#include "io/line_reader.h"

namespace truerelay::simulation {
namespace {

constexpr std::chrono::minutes kPatience{5};

// The next line with its ending; nothing when the stream ended or failed.
io::Task<std::optional<std::string>> next_line(io::Stream& stream, Buffer& buffer) {
  io::LineReader lines(1000);
  while (true) {
    const std::optional<std::string_view> line = lines.line(buffer);
    if (line) {
      std::string text(*line);
      lines.consume(buffer, *line);
      co_return text;
    }
    const io::Result<std::size_t> count = co_await stream.read(buffer);
    if (!count || *count == 0 || lines.too_long(buffer)) {
      co_return std::nullopt;
    }
  }
}

// Passes bytes on until the stream ends, then passes on the end.
io::Task<void> pump(io::Stream& from, io::Stream& to) {
  Buffer buffer;
  while (true) {
    const io::Result<std::size_t> count = co_await from.read(buffer);
    if (!count || *count == 0) {
      break;
    }
    const io::Result<void> written = co_await to.write(buffer.readable());
    if (!written) {
      from.close();
      break;
    }
    buffer.clear();
  }
  to.shutdown();
}

io::Task<void> serve_middle(RelayedSession& session, std::unique_ptr<io::Stream> client) {
  client->set_deadline(session.world.now() + kPatience);
  const io::Time deadline = session.world.now() + kPatience;
  io::Result<io::Connection> upstream =
      co_await session.middle.dial({"upstream.example", 587}, deadline, session.cancellation);
  if (!upstream) {
    co_return;
  }
  upstream->stream->set_deadline(deadline);
  io::Scope back(session.world);
  back.spawn(pump(*upstream->stream, *client));
  co_await pump(*client, *upstream->stream);
  co_await back.finished();
}

io::Task<void> serve_upstream(RelayedSession& session, std::unique_ptr<io::Stream> stream) {
  stream->set_deadline(session.world.now() + kPatience);
  Buffer buffer;
  while (true) {
    const std::optional<std::string> line = co_await next_line(*stream, buffer);
    if (!line) {
      break;
    }
    if (*line != RelayedSession::question(session.answered)) {
      session.upstream_saw_nonsense = true;
    }
    const std::string answer = RelayedSession::answer(session.answered++);
    const io::Result<void> written = co_await stream->write(answer);
    if (!written) {
      break;
    }
  }
}

io::Task<void> ask(RelayedSession& session) {
  const io::Time deadline = session.world.now() + kPatience;
  io::Result<io::Connection> relay =
      co_await session.client.dial({"127.0.0.1", 2525}, deadline, session.cancellation);
  if (!relay) {
    co_return;
  }
  relay->stream->set_deadline(deadline);
  Buffer buffer;
  while (session.heard < session.exchanges) {
    const std::string question = RelayedSession::question(session.heard);
    const io::Result<void> written = co_await relay->stream->write(question);
    if (!written) {
      break;
    }
    const std::optional<std::string> line = co_await next_line(*relay->stream, buffer);
    if (!line) {
      break;
    }
    if (*line != RelayedSession::answer(session.heard++)) {
      session.client_saw_nonsense = true;
    }
  }
}

}  // namespace

RelayedSession::RelayedSession(std::uint64_t seed, std::size_t count, bool traced,
                               const Attempt::Odds* odds)
    : world(seed),
      trace(world),
      network(world, traced ? &trace : nullptr),
      client(network, ipv4(127, 0, 0, 1)),
      middle(network, ipv4(10, 0, 0, 1)),
      scope(world),
      exchanges(count) {
  network.set_plan([odds](const io::Endpoint&, std::uint64_t, Random& random) {
    Attempt attempt;
    if (odds != nullptr) {
      return Attempt::draw(random, *odds);
    }
    attempt.conditions = Conditions::draw(random);
    return attempt;
  });
  network.listen("127.0.0.1", 2525, [this](std::unique_ptr<io::Stream> stream, io::Peer) {
    scope.spawn(serve_middle(*this, std::move(stream)));
  });
  network.listen("upstream.example", 587, [this](std::unique_ptr<io::Stream> stream, io::Peer) {
    scope.spawn(serve_upstream(*this, std::move(stream)));
  });
  scope.spawn(ask(*this));
}

bool RelayedSession::run() {
  return world.run() == World::Stop::nothing_left && scope.running() == 0;
}

}  // namespace truerelay::simulation
