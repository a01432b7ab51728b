#include "tests/simulation/every_byte/mode.h"

#include <fmt/core.h>

namespace truerelay::simulation {

std::string name(relay::Tls tls) {
  switch (tls) {
    case relay::Tls::none:
      return "none";
    case relay::Tls::starttls:
      return "starttls";
    case relay::Tls::implicit:
      return "implicit";
  }
  return {};
}

std::string Mode::options() const {
  return fmt::format("--tls {} --transfer {} --connection {} --window {} --content {} --death {}",
                     name(tls), chunks ? "chunks" : "data", pooled ? "pooled" : "fresh", window,
                     content, death == Fault::Kind::reset ? "reset" : "end");
}

std::string Place::options() const {
  return fmt::format("--direction {} --at {}",
                     direction == Direction::to_server ? "to_server" : "to_client", at);
}

std::vector<Mode> all_modes() {
  constexpr std::size_t kWide = std::size_t{64} * 1024;
  constexpr std::size_t kNarrow = std::size_t{4} * 1024;
  std::vector<Mode> modes;
  for (const relay::Tls tls : {relay::Tls::none, relay::Tls::starttls, relay::Tls::implicit}) {
    for (const bool chunks : {true, false}) {
      for (const bool pooled : {false, true}) {
        for (const Fault::Kind death : {Fault::Kind::reset, Fault::Kind::hang_up}) {
          modes.push_back({tls, chunks, pooled, kWide, 300, death});
          modes.push_back({tls, chunks, pooled, kNarrow, 40'000, death});
        }
      }
    }
  }
  return modes;
}

}  // namespace truerelay::simulation
