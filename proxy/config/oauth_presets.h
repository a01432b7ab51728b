#pragma once

#include <span>
#include <string_view>

#include "config/config.h"

namespace truerelay::config {

// What is known of a provider of tokens. {tenant} in an address stands for the tenant.
struct OAuthPreset {
  std::string_view name;
  OAuth::Way way;
  std::string_view token_endpoint;
  std::string_view authorization_endpoint;
  std::string_view device_endpoint;
  std::string_view scope;
  std::string_view algorithm;      // Of signatures.
  std::string_view extra;          // What the authorization endpoint wants besides.
  std::string_view redirect_host;  // How this machine is called in its redirects.
};

[[nodiscard]] std::span<const OAuthPreset> oauth_presets();
[[nodiscard]] const OAuthPreset* find_oauth_preset(std::string_view name);

}  // namespace truerelay::config
