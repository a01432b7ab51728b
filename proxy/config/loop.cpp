#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"
#include "config/parts.h"
#include "platform/ip_text.h"

namespace truerelay::config {
namespace {

// What arrives at `address` may have been sent to `host`: the same address, or this machine's own
// where all of one family are listened to ("::" does not take IPv4).
bool answers(const ListenAddress& address, std::string_view host) {
  const auto here = platform::parse_ip(address.host);
  const bool all = here && (address.host == "0.0.0.0" || *here == io::IpAddress{});
  if (!here) {
    return false;
  }
  if (ascii_equal(host, "localhost")) {
    return all || here->is_loopback();
  }
  const auto there = platform::parse_ip(host);
  return there &&
         (*there == *here || (all && there->is_loopback() && there->is_v4() == here->is_v4()));
}

// The listener that `upstream` is, if it is one of this very configuration.
const Listener* listener_at(const Config& config, const Upstream& upstream) {
  const auto found = std::ranges::find_if(config.listeners, [&](const Listener& listener) {
    return std::ranges::any_of(listener.address, [&](const ListenAddress& address) {
      return address.port == upstream.port && answers(address, upstream.host);
    });
  });
  return upstream.via || found == config.listeners.end() ? nullptr : &*found;
}

}  // namespace

void check_loop(const Config& config, const Upstream& upstream, const Document& document,
                Findings& findings) {
  const Listener* const first = listener_at(config, upstream);
  const Listener* listener = first;
  for (std::size_t hops = 0; listener != nullptr && hops < config.upstreams.size(); ++hops) {
    if (listener->upstream == upstream.name) {
      const Node* const written = member(document.root, "host");
      findings.errors.push_back(document.error_at(
          written != nullptr ? written->at : document.root.at,
          fmt::format("{} port {} is listener '{}' itself, from which mail comes back to this "
                      "upstream for ever: name the server that is to get it",
                      upstream.host, upstream.port, first->name)));
      return;
    }
    const auto next = std::ranges::find(config.upstreams, listener->upstream, &Upstream::name);
    listener = next == config.upstreams.end() ? nullptr : listener_at(config, *next);
  }
}

}  // namespace truerelay::config
