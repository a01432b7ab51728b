#include "tests/http/scripted_peer.h"

#include <utility>

#include "io/sleep.h"

namespace truerelay::http {

Act hear(std::size_t octets) { return {Act::What::hear, {}, octets, {}}; }
Act hear_header() { return {Act::What::hear_header, {}, 0, {}}; }
Act say(std::string bytes) { return {Act::What::say, std::move(bytes), 0, {}}; }
Act say_for_ever(std::string bytes, io::Duration pause) {
  return {Act::What::say_for_ever, std::move(bytes), 0, pause};
}
Act pause(io::Duration duration) { return {Act::What::pause, {}, 0, duration}; }
Act close() { return {Act::What::close, {}, 0, {}}; }

ScriptedPeer::ScriptedPeer(simulation::World& world, simulation::Network& network,
                           const std::string& host, std::uint16_t port, std::vector<Act> script,
                           io::TlsServer* tls)
    : world_(world), script_(std::move(script)), tls_(tls), scope_(world) {
  network.listen(host, port, [this](std::unique_ptr<io::Stream> stream, const io::Peer&) {
    heard_.emplace_back();
    scope_.spawn(serve(std::move(stream)));
  });
}

io::Task<void> ScriptedPeer::serve(std::unique_ptr<io::Stream> stream) {
  std::string& heard = heard_.back();
  if (tls_ != nullptr) {
    io::Result<io::SecuredStream> secured = co_await tls_->secure(std::move(stream));
    if (!secured) {
      co_return;
    }
    stream = std::move(secured->stream);
  }
  co_await act(*stream, heard);
}

io::Task<void> ScriptedPeer::act(io::Stream& stream, std::string& heard) {
  io::Cancellation never;
  for (const Act& next : script_) {
    const std::size_t before = heard.size();
    bool goes_on = true;
    switch (next.what) {
      case Act::What::hear:
        while (goes_on && heard.size() - before < next.octets) {
          goes_on = co_await read_more(stream, heard, next.octets - (heard.size() - before));
        }
        break;
      case Act::What::hear_header:
        while (goes_on && heard.find("\r\n\r\n", before) == std::string::npos) {
          goes_on = co_await read_more(stream, heard, 1);
        }
        break;
      case Act::What::say: {
        const io::Result<void> written = co_await stream.write(next.bytes);
        goes_on = written.has_value();
        break;
      }
      case Act::What::say_for_ever:
        while (goes_on) {
          co_await io::Sleep(world_, world_, world_.now() + next.pause, never);
          const io::Result<void> written = co_await stream.write(next.bytes);
          goes_on = written.has_value();
        }
        break;
      case Act::What::pause:
        co_await io::Sleep(world_, world_, world_.now() + next.pause, never);
        break;
      case Act::What::close:
        goes_on = false;
        break;
    }
    if (!goes_on) {
      co_return;
    }
  }
  bool open = true;
  while (open) {
    open = co_await read_more(stream, heard, io::Stream::kReadSize);
  }
}

io::Task<bool> ScriptedPeer::read_more(io::Stream& stream, std::string& heard,
                                       std::size_t at_most) {
  Buffer arrived;
  const io::Result<std::size_t> count = co_await stream.read(arrived, at_most);
  heard += arrived.readable();
  co_return count && *count > 0;
}

}  // namespace truerelay::http
