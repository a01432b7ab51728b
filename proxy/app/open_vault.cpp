#include "app/open_vault.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace truerelay::app {
namespace {

bool asks_for_users(const config::Listener& listener) {
  return listener.auth != config::ClientAuth::none;
}

// A secret that an upstream needs, and the command that writes it.
struct Named {
  std::string name;
  std::string command;
};

std::vector<Named> secrets_of(const config::Upstream& upstream) {
  std::vector<Named> all;
  const auto add = [&](const std::string& name) {
    if (!name.empty()) {
      all.push_back({name, "truerelay secret set " + name});
    }
  };
  add(upstream.secret);
  if (upstream.oauth && upstream.oauth->way != config::OAuth::Way::command) {
    add(upstream.oauth->client_secret);
    add(upstream.oauth->certificate);
    add(upstream.oauth->service_account);
    if (upstream.oauth->way == config::OAuth::Way::login) {
      all.push_back({upstream.oauth->refresh_token, "truerelay login " + upstream.name});
    }
  }
  return all;
}

}  // namespace

vault::KeyPlaces key_places(const config::Vault& vault,
                            std::function<std::expected<Redacted, std::string>()> ask_passphrase) {
  return {vault.key_file, vault.passphrase_file, std::move(ask_passphrase)};
}

std::vector<config::Error> faults_of_vault(const config::Config& config, vault::Vault& vault) {
  std::vector<const config::Upstream*> upstreams;
  for (const config::Upstream& upstream : config.upstreams) {
    if (!secrets_of(upstream).empty() && config::is_used(config, upstream)) {
      upstreams.push_back(&upstream);
    }
  }
  if (upstreams.empty() && std::ranges::none_of(config.listeners, asks_for_users)) {
    return {};
  }
  std::vector<config::Error> faults;
  const vault::Result<std::vector<vault::About>> all = vault.list();
  if (!all) {
    faults.push_back({.file = config.file, .message = all.error()});
    return faults;
  }
  for (const config::Upstream* const upstream : upstreams) {
    for (const Named& named : secrets_of(*upstream)) {
      if (std::ranges::find(*all, named.name, &vault::About::name) == all->end()) {
        faults.push_back({.file = upstream->file,
                          .message = fmt::format(
                              "there is no secret '{}' in the vault {} yet, so nobody can log "
                              "in; write it with '{}'",
                              named.name, vault.file().string(), named.command)});
      }
    }
  }
  const bool users = std::ranges::any_of(
      *all, [](const vault::About& about) { return vault::user_of_entry(about.name).has_value(); });
  for (const config::Listener& listener : config.listeners) {
    if (!users && asks_for_users(listener)) {
      faults.push_back(
          {.file = config.file,
           .message = fmt::format("listener {} asks for a login, and the vault {} has no user yet; "
                                  "make one with 'truerelay secret user add NAME'",
                                  listener.name, vault.file().string())});
    }
  }
  return faults;
}

}  // namespace truerelay::app
