#include "net/tcp_dialer.h"

#include <fmt/core.h>
#include <uv.h>

#include <memory>
#include <vector>

#include "net/failure_of.h"
#include "net/happy_eyeballs.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "net/tcp_stream.h"

namespace truerelay::net {
namespace {

// So many addresses are named in a failure; the others are counted.
constexpr std::size_t kMostNamed = 4;

// The attempts of one dialling. What is left when it ends is closed.
class TcpAttempts final : public Attempts {
 public:
  TcpAttempts(Loop& loop, const std::vector<SocketAddress>& addresses)
      : loop_(loop), addresses_(addresses), attempts_(addresses.size()) {}

  void start(std::size_t index, Race& race) override {
    Attempt& attempt = attempts_[index];
    attempt = {&race, index, new_tcp(loop_, &attempt)};
    sockaddr_storage native{};
    to_native(addresses_[index], native);
    auto request = std::make_unique<uv_connect_t>();
    const int error = uv_tcp_connect(request.get(), attempt.handle.get(),
                                     reinterpret_cast<const sockaddr*>(&native), connected);
    if (error != 0) {
      attempt.end(error);
    } else {
      request.release();  // To be freed in connected().
    }
  }

  TcpHandle take(std::size_t index) { return std::move(attempts_[index].handle); }

 private:
  struct Attempt {
    Race* race = nullptr;
    std::size_t index = 0;
    TcpHandle handle;

    void end(int error) {
      if (error == 0) {
        race->succeeded(index);
      } else {
        handle.reset();
        race->failed(index, error_text(error));
      }
    }
  };

  static void connected(uv_connect_t* request, int error) {
    auto* attempt = static_cast<Attempt*>(request->handle->data);
    delete request;
    if (attempt != nullptr) {
      attempt->end(error);
    }
  }

  Loop& loop_;
  const std::vector<SocketAddress>& addresses_;
  std::vector<Attempt> attempts_;  // One for each address; they stay where they are.
};

// "192.0.2.1:587: connection refused; [2001:db8::1]:587: no answer; and 3 more"
std::string account(const std::vector<SocketAddress>& addresses,
                    const std::vector<std::string>& reasons) {
  std::string list;
  for (std::size_t i = 0; i < reasons.size() && i < kMostNamed; ++i) {
    list += fmt::format("{}{}: {}", i == 0 ? "" : "; ", text(addresses[i]),
                        reasons[i].empty() ? "no answer" : reasons[i]);
  }
  if (reasons.size() > kMostNamed) {
    list += fmt::format("; and {} more", reasons.size() - kMostNamed);
  }
  return list;
}

}  // namespace

io::Task<io::Result<io::Connection>> TcpDialer::dial(io::Endpoint endpoint, io::Time deadline,
                                                     io::Cancellation& cancellation) {
  io::Result<std::vector<SocketAddress>> resolved =
      co_await resolve(loop_, endpoint, deadline, cancellation);
  if (!resolved) {
    co_return std::unexpected(std::move(resolved.error()));
  }
  const std::vector<SocketAddress> addresses = order_of_attempts(*resolved);
  TcpAttempts attempts(loop_, addresses);
  Race race(loop_, loop_, cancellation, attempts, addresses.size());
  const Race::End end = co_await race.run(deadline);
  switch (end) {
    case Race::End::won:
      co_return io::Connection{std::make_unique<TcpStream>(loop_, attempts.take(race.winner())),
                               text(addresses[race.winner()])};
    case Race::End::all_failed:
      co_return io::fail(io::Failure::Kind::unreachable,
                         fmt::format("{} cannot be reached ({})", endpoint.host,
                                     account(addresses, race.reasons())));
    case Race::End::timed_out:
      co_return io::fail(io::Failure::Kind::timed_out,
                         fmt::format("{} did not take the connection in time ({})", endpoint.host,
                                     account(addresses, race.reasons())));
    case Race::End::cancelled:
      break;
  }
  co_return io::fail(io::Failure::Kind::cancelled,
                     fmt::format("connecting to {} was given up", endpoint.host));
}

}  // namespace truerelay::net
