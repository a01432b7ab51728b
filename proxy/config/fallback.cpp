#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "config/contains.h"
#include "config/parts.h"

namespace truerelay::config {
namespace {

const Upstream* find(const Config& config, std::string_view name) {
  const auto found = std::ranges::find(config.upstreams, name, &Upstream::name);
  return found == config.upstreams.end() ? nullptr : &*found;
}

bool has_listener(const Config& config, const Upstream& upstream) {
  return contains(config.listeners, upstream.name, &Listener::upstream);
}

// Why `upstream` cannot have the fallback that it names, or "".
std::string fault_of_fallback(const Config& config, const Upstream& upstream,
                              std::span<const std::string> names) {
  if (upstream.fallback == upstream.name) {
    return "an upstream cannot be its own fallback: name another, or remove the line";
  }
  if (!contains(names, upstream.fallback)) {
    std::vector<std::string> others(names.begin(), names.end());
    std::erase(others, upstream.name);
    return no_such_upstream(upstream.fallback, others);
  }
  if (upstream.auth == "passthrough") {
    return "with auth = \"passthrough\" the client's password would go to another server: remove "
           "'fallback', or let this upstream log in with a user and a password_file";
  }
  const Upstream* other = find(config, upstream.fallback);
  if (other != nullptr && other->auth == "passthrough") {
    return fmt::format(
        "'{}' cannot be a fallback: with auth = \"passthrough\" it needs a login of the client's, "
        "which is for another server; name an upstream with a user and a password_file of its own",
        upstream.fallback);
  }
  return {};
}

}  // namespace

bool is_used(const Config& config, const Upstream& upstream) {
  return std::ranges::any_of(config.listeners, [&](const Listener& listener) {
    const Upstream* first = find(config, listener.upstream);
    return listener.upstream == upstream.name ||
           (first != nullptr && first->fallback == upstream.name);
  });
}

void check_fallback(const Config& config, const Upstream& upstream,
                    std::span<const std::string> names, const Document& document,
                    Findings& findings) {
  const Node* written = member(document.root, "fallback");
  if (written == nullptr || upstream.fallback.empty()) {
    return;
  }
  if (std::string fault = fault_of_fallback(config, upstream, names); !fault.empty()) {
    findings.errors.push_back(document.error_at(written->at, std::move(fault)));
    return;
  }
  // Two that stand in for each other are no chain, and one with a listener has its fallback for
  // the sake of that.
  const Upstream* other = find(config, upstream.fallback);
  if (other != nullptr && !other->fallback.empty() && other->fallback != upstream.name &&
      !has_listener(config, *other)) {
    findings.warnings.push_back(document.error_at(
        written->at, fmt::format("mail goes to '{}', else to '{}', and no further: the fallback of "
                                 "a fallback is not followed",
                                 upstream.name, other->name)));
  }
}

}  // namespace truerelay::config
