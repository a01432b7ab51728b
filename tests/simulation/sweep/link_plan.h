#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/attempt.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sweep/census.h"
#include "tests/simulation/sweep/outages.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// What becomes of the connections of one world. Towards the upstreams anything may happen, and
// with TLS bytes may change on their way. Most clients sit on a healthy LAN, so that silence
// towards them has no excuse.
class LinkPlan {
 public:
  LinkPlan(Random& random, const std::vector<std::string>& hosts, const World& world,
           Census& census)
      : world_(world),
        census_(census),
        faulty_(random.chance(0.3) ? 0 : 0.6),
        octets_(random.chance(0.8) ? 4096 : 100'000),
        outages_(Outages::draw(random, hosts, world.now())) {}

  [[nodiscard]] Attempt to_upstream(const std::string& host, bool secured, Random& random);
  [[nodiscard]] Attempt of_client(Random& random);

 private:
  void count(const Attempt& attempt);

  const World& world_;
  Census& census_;
  const double faulty_;
  const std::uint64_t octets_;
  const Outages outages_;
};

}  // namespace truerelay::simulation
