#include "app/standings.h"

#include <fmt/core.h>

namespace truerelay::app {

std::shared_ptr<relay::Standing> Standings::of(const config::Upstream& upstream) {
  // Those of upstreams that are gone stay as long as anything of them is of account.
  std::erase_if(
      all_, [](const auto& each) { return each.second.use_count() == 1 && each.second->unused(); });
  const std::string who = upstream.auth == "passthrough" ? "" : upstream.user;
  std::shared_ptr<relay::Standing>& standing =
      all_[fmt::format("{}\n{}\n{}\n{}", upstream.name, upstream.host, upstream.port, who)];
  if (!standing) {
    standing = std::make_shared<relay::Standing>(clock_);
  }
  return standing;
}

}  // namespace truerelay::app
