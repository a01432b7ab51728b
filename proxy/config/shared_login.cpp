#include <fmt/core.h>

#include "config/parts.h"

namespace truerelay::config {
namespace {

bool is_login(const Upstream& upstream) {
  return upstream.oauth && upstream.oauth->way == OAuth::Way::login;
}

// A refresh token is good for the person who logged in, at the provider and for the application
// that it was given to.
std::string_view difference(const Upstream& one, const Upstream& other) {
  if (one.user != other.user) {
    return "user";
  }
  if (one.oauth->client_id != other.oauth->client_id) {
    return "client_id";
  }
  return one.oauth->token_endpoint != other.oauth->token_endpoint ? "token_endpoint" : "";
}

}  // namespace

// The same login may well serve two upstreams: they renew it in turn. Told once, of the later one.
void check_shared_login(const Config& config, const Upstream& upstream, const Document& document,
                        Findings& findings) {
  if (!is_login(upstream)) {
    return;
  }
  for (const Upstream& other : config.upstreams) {
    if (&other == &upstream) {
      return;
    }
    const bool shared = is_login(other) && is_used(config, other) &&
                        other.oauth->refresh_token == upstream.oauth->refresh_token;
    const std::string_view key = shared ? difference(upstream, other) : std::string_view();
    if (!key.empty()) {
      const Node* const table = member(document.root, "oauth");
      const Node* const written = member(*table, "refresh_token");
      findings.warnings.push_back(document.error_at(
          written != nullptr ? written->at : table->at,
          fmt::format("upstream '{}' keeps its login as '{}', too, and has another '{}': a login "
                      "is good for one of the two; give each a 'refresh_token' of its own",
                      other.name, upstream.oauth->refresh_token, key)));
    }
  }
}

}  // namespace truerelay::config
