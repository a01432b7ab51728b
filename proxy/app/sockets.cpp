#include "app/sockets.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "platform/ip_text.h"

namespace truerelay::app {
namespace {

bool is_same(const config::ListenAddress& one, const config::ListenAddress& other) {
  const std::optional<io::IpAddress> ip = platform::parse_ip(one.host);
  return one.port == other.port &&
         (one.host == other.host || (ip && ip == platform::parse_ip(other.host)));
}

bool is_for_all(const config::ListenAddress& address) {
  return is_same(address, {"0.0.0.0", address.port}) || is_same(address, {"::", address.port});
}

// Takes the socket of this address out of the list; null where there is none.
std::unique_ptr<Sockets::Socket> take(Sockets::Opened& list, const config::ListenAddress& address) {
  const auto found = std::ranges::find_if(
      list, [&](const auto& each) { return each && is_same(each->address, address); });
  return found == list.end() ? nullptr : std::move(*found);
}

}  // namespace

Sockets::Sockets(net::Loop& loop, observe::Events& events, OnClient on_client)
    : loop_(loop), events_(events), on_client_(std::move(on_client)) {}

std::expected<Sockets::Opened, std::string> Sockets::open(const config::Config& config) {
  Opened opened;
  for (const config::Listener& listener : config.listeners) {
    for (const config::ListenAddress& address : listener.address) {
      const bool is_open = std::ranges::any_of(
          all_, [&](const auto& each) { return is_same(each->address, address); });
      if (is_open) {
        continue;
      }
      std::expected<std::unique_ptr<Socket>, std::string> socket = open_one(address);
      if (!socket) {
        return std::unexpected(fmt::format("Listener {}: {}", listener.name, socket.error()));
      }
      opened.push_back(*std::move(socket));
    }
  }
  return opened;
}

std::expected<std::unique_ptr<Sockets::Socket>, std::string> Sockets::open_one(
    const config::ListenAddress& address) {
  auto socket = std::make_unique<Socket>(Socket{address, nullptr, nullptr});
  io::Result<std::unique_ptr<net::Listener>> listener = net::Listener::open(
      loop_, {address.host, address.port},
      [this, to = socket.get()](std::unique_ptr<io::Stream> stream, io::Peer peer) {
        on_client_(*to->door, std::move(stream), std::move(peer));
      },
      [this](std::string_view trouble) { events_.note(observe::Level::error, "", trouble); });
  if (!listener) {
    return std::unexpected(listener.error().detail + remedy(address));
  }
  socket->listener = *std::move(listener);
  return socket;
}

// "0.0.0.0:25" and "127.0.0.1:25" cannot be open at the same time.
std::string Sockets::remedy(const config::ListenAddress& address) const {
  for (const std::unique_ptr<Socket>& socket : all_) {
    const bool conflict = is_for_all(socket->address) != is_for_all(address);
    if (socket->address.port == address.port && conflict) {
      return fmt::format(
          "; truerelay itself listens at {} still: from an address to all addresses of its port, "
          "or back, it takes a restart",
          socket->listener->address());
    }
  }
  return "";
}

void Sockets::lead_to(const Generation& generation, Opened opened) {
  Opened before = std::exchange(all_, {});
  for (const std::shared_ptr<Door>& door : generation.doors) {
    for (const config::ListenAddress& address : door->settings().address) {
      std::unique_ptr<Socket> socket = take(opened, address);
      if (!socket) {
        socket = take(before, address);
      }
      if (socket->door == nullptr || socket->door->settings().name != door->settings().name) {
        events_.note(observe::Level::info, door->settings().upstream,
                     fmt::format("listener {} takes SMTP at {}", door->settings().name,
                                 socket->listener->address()));
      }
      socket->door = door.get();
      all_.push_back(std::move(socket));
    }
  }
  for (const std::unique_ptr<Socket>& socket : before) {
    if (socket) {
      events_.note(
          observe::Level::info, "",
          fmt::format("no listener takes SMTP at {} any more", socket->listener->address()));
    }
  }
}

void Sockets::stop() {
  for (const std::unique_ptr<Socket>& socket : all_) {
    socket->listener->stop();
  }
}

std::vector<std::string> Sockets::addresses() const {
  std::vector<std::string> all;
  for (const std::unique_ptr<Socket>& socket : all_) {
    all.push_back(socket->listener->address());
  }
  return all;
}

}  // namespace truerelay::app
