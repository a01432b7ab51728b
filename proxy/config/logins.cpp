#include <fmt/core.h>

#include <algorithm>

#include "config/parts.h"
#include "config/values.h"

namespace truerelay::config {
namespace {

const Upstream* find(const Config& config, std::string_view name) {
  const auto found = std::ranges::find(config.upstreams, name, &Upstream::name);
  return found == config.upstreams.end() ? nullptr : &*found;
}

// "": every address is this machine's own.
std::string beyond_loopback(const Listener& listener) {
  const auto found = std::ranges::find_if(
      listener.address, [](const ListenAddress& address) { return !is_loopback(address.host); });
  return found == listener.address.end() ? "" : found->host;
}

}  // namespace

void check_logins(const Config& config, const Document& document, Findings& findings) {
  const Node* const list = member(document.root, "listener");
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const Listener& listener = config.listeners[i];
    const Upstream* const upstream = find(config, listener.upstream);
    const bool passthrough = upstream != nullptr && upstream->auth == "passthrough";
    const Node* const written = member(list->items[i], "auth");
    const Position at = written != nullptr ? written->at : list->items[i].at;
    if (passthrough && listener.auth != ClientAuth::none) {
      findings.errors.push_back(document.error_at(
          at, fmt::format("the client's login is for upstream '{}', with auth = \"passthrough\", "
                          "or for truerelay itself, not for both: remove the one or the other",
                          listener.upstream)));
      continue;
    }
    const std::string address = beyond_loopback(listener);
    if ((passthrough || listener.auth != ClientAuth::none) && listener.tls == Tls::none &&
        !address.empty()) {
      findings.warnings.push_back(document.error_at(
          at, fmt::format("passwords of clients go over the network in the clear to {}: use tls = "
                          "\"starttls\" or tls = \"implicit\"",
                          address)));
    }
  }
}

}  // namespace truerelay::config
