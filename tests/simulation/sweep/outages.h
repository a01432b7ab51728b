#pragma once

#include <string>
#include <vector>

#include "io/clock.h"
#include "tests/simulation/random.h"

namespace truerelay::simulation {

// When which hosts take no connections: they die, and come back.
class Outages {
 public:
  [[nodiscard]] static Outages draw(Random& random, const std::vector<std::string>& hosts,
                                    io::Time from) {
    Outages outages;
    for (const std::string& host : hosts) {
      for (io::Time at = from; random.chance(0.2);) {
        const auto begin = std::chrono::seconds(random.scaled_between(1, 300) - 1);
        const auto lasts = std::chrono::seconds(random.scaled_between(1, 300));
        outages.list_.push_back({host, at + begin, at + begin + lasts});
        at += begin + lasts;
      }
    }
    return outages;
  }

  [[nodiscard]] bool covers(const std::string& host, io::Time time) const {
    for (const Outage& outage : list_) {
      if (outage.host == host && outage.begin <= time && time < outage.end) {
        return true;
      }
    }
    return false;
  }

 private:
  struct Outage {
    std::string host;
    io::Time begin;
    io::Time end;
  };
  std::vector<Outage> list_;
};

}  // namespace truerelay::simulation
