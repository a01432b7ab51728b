#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

namespace truerelay::bench {

// The network between a relay and a distant upstream: a TCP forwarder on loopback that delivers
// what comes from either side a while later, in order, and as fast as the road is wide.
//
// Setting up a connection costs what it costs over a real distance: the system says "connected" to
// the caller at once, so the round trip of SYN and SYN-ACK is waited for here. The upstream sees
// the connection one and a half round trips after the caller began, and what the caller wrote
// meanwhile arrives no earlier.
//
// One thread, epoll with timeouts in nanoseconds: libuv's whole milliseconds would be a visible
// part of a round trip.
class WideArea {
 public:
  struct Road {
    std::chrono::microseconds delay{0};   // One way: half of a round trip.
    std::uint64_t octets_per_second = 0;  // Of one connection, towards the upstream. 0: any.
  };

  // Throws std::system_error.
  WideArea(Road road, std::uint16_t upstream_port);
  WideArea(const WideArea&) = delete;
  WideArea& operator=(const WideArea&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[noreturn]] void run();

 private:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  enum Side : std::size_t { caller = 0, upstream = 1 };

  struct Parcel {
    Time due;
    std::string bytes;  // Empty: the sender has ended its side.
  };
  // From one side to the other.
  struct Lane {
    std::deque<Parcel> parcels;
    std::size_t octets = 0;   // In the parcels.
    std::size_t written = 0;  // Of the first parcel.
    bool open = true;         // More may come from the sender.
    bool delivered = false;   // The end was passed on.
    bool blocked = false;     // The receiver takes nothing now.
    Time free{};              // When the last octet of the last parcel will have gone by.
  };
  static constexpr std::uint32_t kNotYet = ~std::uint32_t{0};
  static constexpr std::uint32_t kNever = kNotYet - 1;
  struct Link {
    std::uint64_t id = 0;
    std::array<int, 2> sockets{-1, -1};
    std::array<std::uint32_t, 2> watched{kNotYet, kNotYet};  // What epoll was told to look for.
    std::array<Lane, 2> lanes;                               // By sender.
    Time reachable{};  // Nothing of the caller arrives earlier.
  };
  struct Alarm {
    Time at;
    std::uint64_t link;
    bool operator<(const Alarm& other) const { return at > other.at; }  // The earliest on top.
  };

  void accept_all();
  bool dial(Link& link);
  bool receive(Link& link, Side sender);
  bool deliver(Link& link, Side sender, Time now);
  bool follow(Link& link, Time now);
  void watch(Link& link, Side side);
  void close(Link& link);

  Road road_;
  std::uint16_t upstream_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int epoll_ = -1;
  std::uint64_t next_id_ = 1;
  std::unordered_map<std::uint64_t, std::unique_ptr<Link>> links_;
  std::priority_queue<Alarm> alarms_;
};

}  // namespace truerelay::bench
