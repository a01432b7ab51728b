#include "tests/simulation/sweep/census.h"

#include <fmt/core.h>

namespace truerelay::simulation {
namespace {

// In the order of the events.
constexpr std::array kNames = std::to_array<std::string_view>({
    "client pipelines",
    "client sends on behind the dot without waiting",
    "client says HELO",
    "client trickles its body",
    "client hesitates",
    "client half-closes behind its dot",
    "client leaves before the end",
    "client leaves behind its dot",
    "client comes again, not knowing",
    "client comes again with a correction",
    "client's own link is faulty",
    "client wants two copies",
    "body longer than 20,000 octets",
    "bare CR or LF in the body",
    "client logs in upstream (passthrough)",
    "client logs in here (auth)",
    "client's login is refused",
    "client's login is put off",
    "upstream's name does not resolve",
    "upstream's host is silent",
    "connection refused",
    "connection refused: the host is down",
    "reset",
    "half-close",
    "hang-up",
    "stall",
    "freeze",
    "octets altered within TLS",
    "link of single octets",
    "certificate of an unknown authority",
    "certificate of another host",
    "certificate expired",
    "greeting: refused",
    "greeting: garbage",
    "command put off with a 4xx",
    "of these 432",
    "of these 454",
    "421 for an answer",
    "421 or the end in a body",
    "421 on an idle connection",
    "garbage for an answer",
    "garbage for the answer to the end",
    "token given",
    "token endpoint slow",
    "token endpoint down",
    "token endpoint silent",
    "token endpoint: 429",
    "token endpoint: 500, 503",
    "token endpoint: garbage",
    "token endpoint: invalid_grant and its kin",
    "token endpoint: assertion out of time",
    "token that ends before its time",
    "tokens revoked",
    "login or secret made anew",
    "reload with sessions under way",
    "sessions that outlast a reload",
    "stop with sessions under way",
    "stop cut short",
    "wall clock set",
    "replay file used",
    "replay file: disk full",
    "told accepted by the fallback",
    "told accepted before (T7)",
    "told accepted after a repair",
    "told 451 4.4.2 outcome unknown",
    "told 421 4.3.2 being stopped",
    "told 421 4.3.2 settings have changed",
    "told 421 4.4.2 too slow",
    "told 432 of the upstream",
    "told 451 4.3.2 no turn",
    "told 451 4.4.1 not reachable",
    "told 451 4.4.2 lost or silent",
    "told 451 4.4.3 no such name",
    "told 451 4.5.0 protocol",
    "told 451 4.7.5 TLS",
    "told 454 4.7.0 no credentials for now",
    "told 530 5.7.0 log in first",
    "told 550",
    "told 552",
    "told 554 5.6.0 bare line ends",
    "told 554 5.7.8 login refused",
    "told 554 5.7.8 no token",
});
static_assert(kNames.size() == kEvents);

}  // namespace

std::string_view name(Event event) { return kNames.at(static_cast<std::size_t>(event)); }

void Census::add(const Census& other) {
  for (std::size_t i = 0; i < kEvents; ++i) {
    counts_.at(i) += other.counts_.at(i);
  }
}

std::string Census::text() const {
  std::string text;
  for (std::size_t i = 0; i < kEvents; ++i) {
    text += fmt::format("{:>10}  {}\n", counts_.at(i), kNames.at(i));
  }
  return text;
}

std::vector<Event> Census::rare(std::uint64_t sessions, std::uint64_t sessions_each) const {
  std::vector<Event> rare;
  for (std::size_t i = 0; i < kEvents; ++i) {
    if (counts_.at(i) * sessions_each < sessions) {
      rare.push_back(static_cast<Event>(i));
    }
  }
  return rare;
}

}  // namespace truerelay::simulation
