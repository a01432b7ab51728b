#include "wide_area.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace truerelay::bench {
namespace {

// What may be under way in one lane; then the sender's socket is left alone, as a full network
// would leave it.
constexpr std::size_t kMostUnderWay = std::size_t{256} * 1024;
constexpr std::size_t kParcel = std::size_t{16} * 1024;
// Of each socket towards the relay when the road is narrow: the system would take megabytes.
constexpr int kNarrowReceiveBuffer = 64 * 1024;

int checked(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(errno, std::system_category(), what);
  }
  return result;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

WideArea::WideArea(Road road, std::uint16_t upstream_port)
    : road_(road), upstream_port_(upstream_port) {
  listener_ = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  if (road_.octets_per_second > 0) {
    ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &kNarrowReceiveBuffer,
                 sizeof kNarrowReceiveBuffer);
  }
  sockaddr_in address = loopback(0);
  checked(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(::listen(listener_, 4096), "listen");
  socklen_t size = sizeof address;
  checked(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
  epoll_ = checked(::epoll_create1(0), "epoll_create1");
  epoll_event event{.events = EPOLLIN, .data = {.u64 = 0}};
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event), "epoll_ctl");
}

void WideArea::run() {
  // Woken when it is time, not when it suits the system within the next 50 microseconds.
  ::prctl(PR_SET_TIMERSLACK, 1);
  std::array<epoll_event, 256> events{};
  while (true) {
    timespec wait{};
    if (!alarms_.empty()) {
      const std::chrono::nanoseconds left =
          std::max<std::chrono::nanoseconds>(alarms_.top().at - Clock::now(), {});
      wait = {.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    }
    const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()),
                                     alarms_.empty() ? nullptr : &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      const auto found = links_.find(event.data.u64 / 2);
      if (event.data.u64 == 0) {
        accept_all();
      } else if (found != links_.end()) {
        Link& link = *found->second;
        const Side side = event.data.u64 % 2 == 0 ? caller : upstream;
        bool good = true;
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
          good = receive(link, side);
        }
        if (good && (event.events & EPOLLOUT) != 0) {
          link.lanes[side == caller ? upstream : caller].blocked = false;
          good = follow(link, Clock::now());
        }
        if (!good) {
          close(link);
        }
      }
    }
    const Time now = Clock::now();
    while (!alarms_.empty() && alarms_.top().at <= now) {
      const auto found = links_.find(alarms_.top().link);
      alarms_.pop();
      if (found != links_.end() && !follow(*found->second, now)) {
        close(*found->second);
      }
    }
  }
}

void WideArea::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (socket < 0) {
      return;
    }
    send_at_once(socket);
    auto link = std::make_unique<Link>();
    link->id = next_id_++;
    link->sockets[caller] = socket;
    link->reachable = Clock::now() + 3 * road_.delay;
    alarms_.push({link->reachable, link->id});
    watch(*link, caller);
    links_.emplace(link->id, std::move(link));
  }
}

bool WideArea::dial(Link& link) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(upstream_port_);
  // On loopback the answer comes at once.
  if (socket < 0 ||
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    return false;
  }
  send_at_once(socket);
  link.sockets[upstream] = socket;
  watch(link, upstream);
  return true;
}

bool WideArea::receive(Link& link, Side sender) {
  Lane& lane = link.lanes[sender];
  if (!lane.open) {
    // It hung up, which epoll repeats for ever; what is still to be written to it will fail.
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, link.sockets[sender], nullptr);
    link.watched[sender] = kNever;
    return true;
  }
  if (lane.octets >= kMostUnderWay) {
    return false;  // It broke, for nothing else would have been told of it.
  }
  std::string bytes(kParcel, '\0');
  const ssize_t count = ::recv(link.sockets[sender], bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count < 0) {
    return errno == EAGAIN || errno == EINTR;
  }
  bytes.resize(static_cast<std::size_t>(count));
  bytes.shrink_to_fit();
  Time due = Clock::now() + road_.delay;
  if (sender == caller) {
    due = std::max(due, link.reachable);
    if (road_.octets_per_second > 0) {
      lane.free = std::max(due, lane.free) +
                  std::chrono::nanoseconds(bytes.size() * 1'000'000'000 / road_.octets_per_second);
      due = lane.free;
    }
  }
  lane.open = count > 0;
  lane.octets += bytes.size();
  lane.parcels.push_back({due, std::move(bytes)});
  alarms_.push({due, link.id});
  watch(link, sender);
  return true;
}

bool WideArea::deliver(Link& link, Side sender, Time now) {
  Lane& lane = link.lanes[sender];
  const Side receiver = sender == caller ? upstream : caller;
  while (!lane.parcels.empty() && lane.parcels.front().due <= now && !lane.blocked) {
    const std::string& bytes = lane.parcels.front().bytes;
    if (bytes.empty()) {
      ::shutdown(link.sockets[receiver], SHUT_WR);
      lane.delivered = true;
      lane.parcels.pop_front();
      continue;
    }
    const ssize_t count = ::send(link.sockets[receiver], bytes.data() + lane.written,
                                 bytes.size() - lane.written, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) {
      return false;
    }
    lane.blocked = count < 0;
    lane.written += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (lane.written == bytes.size()) {
      lane.octets -= bytes.size();
      lane.written = 0;
      lane.parcels.pop_front();
    }
  }
  return true;
}

// Does what is due. False: the link has come to its end.
bool WideArea::follow(Link& link, Time now) {
  if (link.sockets[upstream] < 0 && (now < link.reachable || !dial(link))) {
    return now < link.reachable;
  }
  if (!deliver(link, caller, now) || !deliver(link, upstream, now)) {
    return false;
  }
  watch(link, caller);
  watch(link, upstream);
  return !(link.lanes[caller].delivered && link.lanes[upstream].delivered);
}

void WideArea::watch(Link& link, Side side) {
  const Lane& from = link.lanes[side];
  const Lane& to = link.lanes[side == caller ? upstream : caller];
  std::uint32_t wanted = 0;
  if (from.open && from.octets < kMostUnderWay) {
    wanted |= EPOLLIN;
  }
  if (to.blocked) {
    wanted |= EPOLLOUT;
  }
  std::uint32_t& watched = link.watched[side];
  if (watched == kNever || watched == wanted) {
    return;
  }
  epoll_event event{.events = wanted, .data = {.u64 = link.id * 2 + side}};
  ::epoll_ctl(epoll_, watched == kNotYet ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, link.sockets[side],
              &event);
  watched = wanted;
}

void WideArea::close(Link& link) {
  for (const int socket : link.sockets) {
    if (socket >= 0) {
      ::close(socket);
    }
  }
  links_.erase(link.id);
}

}  // namespace truerelay::bench
