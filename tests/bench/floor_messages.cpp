#include "floor_messages.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "loopback.h"
#include "sealed_records.h"

namespace truerelay::bench {
namespace {

// As many clients take each step together, so that the relay seldom has to wait for a wake-up.
constexpr std::size_t kClients = 16;

struct Step {
  enum class With { client, upstream } with;
  enum class Does { reads, writes } relay;
  std::size_t octets;  // Before sealing.
};
using enum Step::With;
using enum Step::Does;
constexpr std::array<Step, 17> kConversation{{
    {client, writes, 40},      // The greeting.
    {client, reads, 20},       // EHLO
    {client, writes, 150},     // What is offered.
    {client, reads, 33},       // MAIL
    {client, writes, 20},      //
    {client, reads, 36},       // RCPT
    {upstream, writes, 69},    // MAIL and RCPT in one flight.
    {upstream, reads, 50},     // Both replies.
    {client, writes, 26},      //
    {client, reads, 6},        // DATA
    {client, writes, 20},      // 354
    {client, reads, 1027},     // The message and its dot.
    {upstream, writes, 1040},  // BDAT 1024 LAST and the message.
    {upstream, reads, 25},     // The final reply.
    {client, writes, 25},      //
    {client, reads, 6},        // QUIT
    {client, writes, 15},      //
}};

// One of the two who converse: the relay, or whoever plays its clients and its upstream.
class Speaker {
 public:
  Speaker(bool relay, std::array<int, kClients> upstreams) : relay_(relay), upstreams_(upstreams) {}

  void take(const Step& step, std::size_t slot, int client_socket) {
    const bool sealed = step.with == upstream;
    const int socket = sealed ? upstreams_[slot] : client_socket;
    if ((step.relay == writes) == relay_) {
      bytes_.assign(step.octets, 'x');
      if (sealed) {
        records_.clear();
        outgoing_[slot].seal(bytes_, records_);
      }
      const std::string& all = sealed ? records_ : bytes_;
      must(::send(socket, all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()));
    } else {
      const std::size_t size = step.octets + (sealed ? SealedRecords::kOverhead : 0);
      bytes_.resize(size);
      must(::recv(socket, bytes_.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size));
      if (sealed) {
        incoming_[slot].open(bytes_, content_);
      }
    }
  }

 private:
  bool relay_;
  std::array<int, kClients> upstreams_;
  std::array<SealedRecords, kClients> outgoing_;
  std::array<SealedRecords, kClients> incoming_;
  std::string bytes_;
  std::string records_;
  std::string content_;
};

}  // namespace

double floor_of_a_message(std::size_t messages) {
  const Listening clients_door;
  const Listening upstream_door;
  const std::size_t rounds = messages / kClients;
  const auto converse = [](Speaker& speaker, const std::array<int, kClients>& clients) {
    for (const Step& step : kConversation) {
      for (std::size_t slot = 0; slot < kClients; ++slot) {
        speaker.take(step, slot, clients[slot]);
      }
    }
    for (const int socket : clients) {
      ::close(socket);
    }
  };

  const Child others([&] {
    std::array<int, kClients> upstreams{};
    for (int& socket : upstreams) {
      socket = upstream_door.accept();
    }
    Speaker speaker(false, upstreams);
    for (std::size_t round = 0; round < rounds; ++round) {
      std::array<int, kClients> clients{};
      for (int& socket : clients) {
        socket = clients_door.dial();
      }
      converse(speaker, clients);
    }
  });
  std::array<int, kClients> upstreams{};
  for (int& socket : upstreams) {
    socket = upstream_door.dial();
  }
  Speaker relay(true, upstreams);
  const double before = processor_seconds();
  for (std::size_t round = 0; round < rounds; ++round) {
    std::array<int, kClients> clients{};
    for (int& socket : clients) {
      socket = clients_door.accept();
    }
    converse(relay, clients);
  }
  const double spent = processor_seconds() - before;
  for (const int socket : upstreams) {
    ::close(socket);
  }
  return spent * 1000 / static_cast<double>(rounds * kClients);
}

}  // namespace truerelay::bench
