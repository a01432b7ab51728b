#include <poll.h>
#include <uv.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "io/cancellation.h"
#include "io/scope.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"
#include "tests/attacks/ground.h"

namespace truerelay::attacks {
namespace {

using namespace std::chrono_literals;

// What a run may take of real time; on a slow machine, too.
constexpr auto kMostRealTime = 60s;

// A clock that goes only where it is told to. It is far ahead of the loop's own, so that no
// deadline of a socket passes before its time.
class LeapingClock final : public io::Clock {
 public:
  explicit LeapingClock(io::Time begin) : now_(begin) {}
  io::Time now() const override { return now_; }
  io::WallTime wall_now() const override { return kWallBegin + (now_ - begin_); }
  void leap(io::Time to) { now_ = std::max(now_, to); }

 private:
  // 2025-03-01 00:00:00 UTC.
  static constexpr io::WallTime kWallBegin{std::chrono::seconds(1'740'787'200)};
  void next_expiry_moved() override {}

  io::Time now_;
  const io::Time begin_ = now_;
};

// All names are this machine, and all of its ports the one where the upstream listens.
class LocalDialer final : public io::Dialer {
 public:
  explicit LocalDialer(net::Loop& loop) : tcp_(loop) {}
  void set_port(std::uint16_t port) { port_ = port; }
  io::Task<io::Result<io::Connection>> dial(io::Endpoint /*endpoint*/, io::Time deadline,
                                            io::Cancellation& cancellation) override {
    return tcp_.dial({"127.0.0.1", port_}, deadline, cancellation);
  }

 private:
  net::TcpDialer tcp_;
  std::uint16_t port_ = 0;
};

class SocketGround final : public Ground {
 public:
  SocketGround()
      : door_(listen([this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
          arrived_.relay = std::move(stream);
          arrived_.peer = std::move(peer);
        })) {}

  io::Executor& executor() override { return loop_; }
  io::Clock& clock() override { return clock_; }

  Ends connect() override {
    io::Cancellation never;
    io::Scope dialling(loop_);
    dialling.spawn(dial(never));
    const auto deadline = std::chrono::steady_clock::now() + kMostRealTime;
    while (!arrived_.client || !arrived_.relay || dialling.running() > 0) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("the loopback interface takes no connection");
      }
      uv_run(loop_.native(), UV_RUN_NOWAIT);
    }
    return std::exchange(arrived_, {});
  }

  void serve(const io::Endpoint& /*place*/, Accept accept) override {
    upstream_ = listen(std::move(accept));
    dialer_.set_port(upstream_->port());
  }
  io::Dialer& dialer() override { return dialer_; }

  bool run_until(const std::function<bool()>& done, io::Duration most) override {
    const io::Time until = clock_.now() + most;
    const auto deadline = std::chrono::steady_clock::now() + kMostRealTime;
    quiet_turns_ = 0;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
      if (!step(until)) {
        clock_.leap(until);
        return done();
      }
    }
    return true;
  }

 private:
  std::unique_ptr<net::Listener> listen(net::Listener::OnStream on_stream) {
    io::Result<std::unique_ptr<net::Listener>> listener = net::Listener::open(
        loop_, {"127.0.0.1", 0}, std::move(on_stream),
        [](std::string_view trouble) { throw std::runtime_error(std::string(trouble)); });
    if (!listener) {
      throw std::runtime_error(listener.error().detail);
    }
    return std::move(*listener);
  }

  io::Task<void> dial(io::Cancellation& cancellation) {
    net::TcpDialer dialer(loop_);
    io::Result<io::Connection> connection =
        co_await dialer.dial({"127.0.0.1", door_->port()}, io::Time::max(), cancellation);
    if (connection) {
      arrived_.client = std::move(connection->stream);
    }
  }

  // False: nothing happens up to and including `until`. A step is a turn of the loop, or a leap
  // after two turns without anything: what the first begins to watch, the second looks at.
  bool step(io::Time until) {
    if (quiet_turns_ < 2) {
      uv_run(loop_.native(), UV_RUN_NOWAIT);
      quiet_turns_ = loop_.idle() ? quiet_turns_ + 1 : 0;
      return true;
    }
    quiet_turns_ = 0;
    return comes(std::min(next_expiry(), until) - clock_.now()) || leap(until);
  }

  [[nodiscard]] io::Time next_expiry() const {
    return std::min(clock_.next_expiry(), loop_.next_expiry());
  }

  bool leap(io::Time until) {
    const io::Time next = next_expiry();
    if (next == io::Time::max() || next > until) {
      return false;
    }
    clock_.leap(next);
    clock_.expire_due(clock_.now());
    loop_.expire_due(clock_.now());
    return true;
  }

  // Whether a socket has something for the loop. What was written to the loopback interface is with
  // its receiver at once, or almost: before a long leap it is waited for.
  bool comes(io::Duration leap) {
    const timespec patience{.tv_sec = 0,
                            .tv_nsec = leap < 10ms ? 0
                                       : leap < 1s ? 200'000
                                                   : 1'000'000};
    pollfd watched{.fd = uv_backend_fd(loop_.native()), .events = POLLIN, .revents = 0};
    return ppoll(&watched, 1, &patience, nullptr) > 0;
  }

  net::Loop loop_;
  int quiet_turns_ = 0;
  LeapingClock clock_{loop_.now() + std::chrono::hours(1000)};
  LocalDialer dialer_{loop_};
  Ends arrived_;
  std::unique_ptr<net::Listener> door_;
  std::unique_ptr<net::Listener> upstream_;
};

// The last of the three sizes of a socket's memory, up to which it grows as it is used: some
// kernels have larger ones than others.
std::uint64_t most_of(const std::string& setting, std::uint64_t usual) {
  std::ifstream sizes("/proc/sys/net/ipv4/" + setting);
  std::uint64_t least = 0;
  std::uint64_t at_first = 0;
  std::uint64_t most = 0;
  return sizes >> least >> at_first >> most ? most : usual;
}

}  // namespace

std::unique_ptr<Ground> make_ground(simulation::Attempt /*first*/) {
  return std::make_unique<SocketGround>();
}
bool ground_is_simulated() { return false; }
// What the system gives the sockets of both connections for sending, that which the relay reads
// from for receiving, and some for the relay itself.
std::uint64_t most_under_way() {
  return 2 * most_of("tcp_wmem", 4U << 20) + most_of("tcp_rmem", 6U << 20) + (1U << 20);
}

}  // namespace truerelay::attacks
