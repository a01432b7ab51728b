#include "tests/simulation/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "io/sleep.h"

namespace truerelay::simulation {
namespace {

bool is_address_literal(const std::string& host) {
  return host.find(':') != std::string::npos ||
         std::ranges::all_of(host, [](char c) { return ascii_digit(c) || c == '.'; });
}

std::string with_port(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

}  // namespace

io::IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}};
}

// A connection on its way to the server's accept callback.
class Network::Arrival final : public io::Timer {
 public:
  Arrival(Network& network, io::Endpoint to, std::unique_ptr<io::Stream> server, io::Peer from)
      : Timer(network.world_),
        endpoint(std::move(to)),
        stream(std::move(server)),
        peer(std::move(from)),
        network_(network) {}

  io::Endpoint endpoint;
  std::unique_ptr<io::Stream> stream;
  io::Peer peer;
  std::list<Arrival>::iterator place;

 private:
  void expire() override { network_.arrive(*this); }

  Network& network_;
};

Network::Network(World& world, Trace* trace)
    : world_(world), trace_(trace), random_(world.random().fork()) {}

Network::~Network() = default;

void Network::listen(const std::string& host, std::uint16_t port, Accept accept) {
  if (!hosts_.contains(host)) {
    hosts_[host] = is_address_literal(host) ? host : fmt::format("192.0.2.{}", hosts_.size() + 1);
  }
  listeners_[{host, port}] = std::move(accept);
}

void Network::stop_listening(const std::string& host, std::uint16_t port) {
  listeners_.erase({host, port});
}

Attempt Network::plan(const io::Endpoint& endpoint, std::string& name) {
  ++attempts_;
  Attempt attempt = plan_ ? plan_(endpoint, attempts_, random_) : Attempt{};
  if (trace_ != nullptr) {
    name = fmt::format("{}:{} #{}", endpoint.host, endpoint.port, attempts_);
    trace_->note(name, attempt.describe());
  }
  return attempt;
}

bool Network::exists(const std::string& host) const {
  return hosts_.contains(host) || is_address_literal(host);
}

bool Network::listens(const io::Endpoint& endpoint) const {
  return listeners_.contains({endpoint.host, endpoint.port});
}

std::string Network::address_of(const io::Endpoint& endpoint) const {
  const auto found = hosts_.find(endpoint.host);
  return with_port(found == hosts_.end() ? endpoint.host : found->second, endpoint.port);
}

std::unique_ptr<io::Stream> Network::connect(const io::Endpoint& endpoint,
                                             const io::IpAddress& source, std::string name,
                                             Attempt attempt) {
  LinkEnds ends = make_link(world_, {.conditions = attempt.conditions,
                                     .faults = std::move(attempt.faults),
                                     .name = std::move(name),
                                     .trace = trace_});
  const auto port = static_cast<std::uint16_t>(49152 + attempts_ % 16384);
  const auto& bytes = source.bytes;
  io::Peer peer{source,
                fmt::format("{}.{}.{}.{}:{}", bytes[12], bytes[13], bytes[14], bytes[15], port)};
  Arrival& arrival =
      arrivals_.emplace_back(*this, endpoint, std::move(ends.server), std::move(peer));
  arrival.place = std::prev(arrivals_.end());
  const std::uint64_t at_most = static_cast<std::uint64_t>(attempt.delay.count()) + 1;
  arrival.arm(world_.now() +
              io::Duration{static_cast<io::Duration::rep>(random_.between(1, at_most))});
  return std::move(ends.client);
}

void Network::arrive(Arrival& arrival) {
  const auto listener = listeners_.find({arrival.endpoint.host, arrival.endpoint.port});
  std::unique_ptr<io::Stream> stream = std::move(arrival.stream);
  const io::Peer peer = std::move(arrival.peer);
  arrivals_.erase(arrival.place);
  if (listener != listeners_.end()) {
    const Accept accept = listener->second;  // It may well stop listening.
    accept(std::move(stream), peer);
  }
}

io::Task<io::Result<io::Connection>> SimulatedDialer::dial(io::Endpoint endpoint, io::Time deadline,
                                                           io::Cancellation& cancellation) {
  using Kind = io::Failure::Kind;
  World& world = network_.world_;
  std::string name;
  Attempt attempt = network_.plan(endpoint, name);
  const std::string address = network_.address_of(endpoint);
  const bool silence = attempt.answer == Attempt::Answer::silence;
  const io::Time answer = silence ? io::Time::max() : world.now() + attempt.delay;

  const bool waited = co_await io::Sleep(world, world, std::min(answer, deadline), cancellation);
  if (!waited) {
    co_return io::fail(Kind::cancelled, "gave up connecting to " + address);
  }
  if (answer > deadline) {
    co_return io::fail(Kind::timed_out, "no answer from " + address);
  }
  if (attempt.answer == Attempt::Answer::unknown_name || !network_.exists(endpoint.host)) {
    co_return io::fail(Kind::name_not_resolved, endpoint.host + " has no address");
  }
  if (attempt.answer == Attempt::Answer::refused || !network_.listens(endpoint)) {
    co_return io::fail(Kind::unreachable, address + ": connection refused");
  }
  co_return io::Connection{network_.connect(endpoint, source_, std::move(name), std::move(attempt)),
                           address};
}

}  // namespace truerelay::simulation
