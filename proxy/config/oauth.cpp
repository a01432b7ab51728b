#include "config/oauth.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/secret_name.h"
#include "config/nearest.h"
#include "config/oauth_presets.h"
#include "config/values.h"

namespace truerelay::config {
namespace {

constexpr auto kAlgorithms = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"RS256", "RS256"}, {"PS256", "PS256"}});

const OAuthPreset* read_preset(TableReader& reader) {
  const std::optional<std::string> name = reader.text("preset");
  if (!name) {
    return nullptr;
  }
  const OAuthPreset* preset = find_oauth_preset(*name);
  if (preset == nullptr) {
    std::vector<std::string_view> known;
    for (const OAuthPreset& each : oauth_presets()) {
      known.push_back(each.name);
    }
    reader.error("preset", fmt::format("unknown preset '{}'{}", *name, did_you_mean(*name, known)));
  }
  return preset;
}

// "login.example" of "https://login.example:8443/token"
std::string_view host_of(std::string_view url) {
  std::string_view host = url.substr(url.find("://") + 3);
  host = host.substr(0, host.find_first_of("/?"));
  if (host.starts_with('[')) {
    return host.substr(1, host.find(']') - 1);
  }
  return host.substr(0, host.find(':'));
}

// Secrets go there: TLS, unless nobody is on the way.
bool is_address(std::string_view url) {
  const bool clean = std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7F; });
  const bool tls = url.starts_with("https://");
  const bool here = url.starts_with("http://") && is_loopback(host_of(url));
  return clean && (tls || here) && !host_of(url).empty() && !url.contains('@') &&
         !url.contains('#');
}

void read_endpoint(TableReader& reader, std::string_view key, std::string_view usual,
                   const std::string& tenant, std::string& into) {
  into = reader.text(key).value_or(std::string(usual));
  const std::size_t place = into.find("{tenant}");
  if (place != into.npos && !tenant.empty()) {
    into.replace(place, std::string_view("{tenant}").size(), tenant);
  } else if (place != into.npos && !reader.has("tenant") && key == "token_endpoint") {
    reader.missing("tenant",
                   ": the directory (tenant) ID, such as tenant = "
                   "\"11111111-2222-3333-4444-555555555555\" or \"contoso.example\"");
  }
  if (reader.has(key) && !into.empty() && !is_address(into)) {
    reader.error(key, fmt::format("'{}' must be an address that begins with https://", key));
  }
}

// A tenant is a part of an address.
std::string read_tenant(TableReader& reader) {
  std::string tenant = reader.text("tenant").value_or("");
  const bool good = std::ranges::all_of(
      tenant, [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '.'; });
  if (!good) {
    reader.error("tenant", "'tenant' must be the directory (tenant) ID or a domain of the tenant");
  }
  return tenant;
}

std::string read_secret_name(TableReader& reader, std::string_view key) {
  std::string name = reader.text(key).value_or("");
  if (!name.empty() && !is_secret_name(name)) {
    reader.error(key, fmt::format("'{}' must be the name of a secret in the vault, not the secret "
                                  "itself: {}; write it with 'truerelay secret set NAME'",
                                  key, kSecretNameRule));
  }
  return name;
}

OAuth::Way way_of(const TableReader& reader, const OAuthPreset* preset) {
  if (reader.has("token_command")) {
    return OAuth::Way::command;
  }
  if (preset != nullptr) {
    return preset->way;
  }
  if (reader.has("service_account")) {
    return OAuth::Way::service_account;
  }
  const bool person = reader.has("authorization_endpoint") || reader.has("device_endpoint") ||
                      reader.has("refresh_token");
  return person ? OAuth::Way::login : OAuth::Way::application;
}

void read_command(TableReader& reader, OAuth& oauth) {
  for (const Node* word : reader.texts("token_command")) {
    oauth.token_command.push_back(word->text);
  }
  for (const std::string_view key :
       {"preset", "tenant", "client_id", "client_secret", "certificate", "certificate_file",
        "key_file", "algorithm", "service_account", "subject", "refresh_token", "scope",
        "token_endpoint", "authorization_endpoint", "device_endpoint", "ca_file"}) {
    if (reader.has(key)) {
      reader.error(key, fmt::format("'{}' has no place beside token_command, which knows by itself "
                                    "how to get a token: remove the one or the other",
                                    key));
    }
  }
}

void read_proof(TableReader& reader, OAuth& oauth) {
  oauth.client_id = reader.text("client_id").value_or("");
  oauth.client_secret = read_secret_name(reader, "client_secret");
  oauth.certificate = read_secret_name(reader, "certificate");
  oauth.certificate_file = reader.existing_file("certificate_file").value_or("");
  oauth.key_file = reader.existing_file("key_file").value_or("");
  oauth.algorithm = reader.choice("algorithm", kAlgorithms).value_or(oauth.algorithm);
  const bool certificate = reader.has("certificate") || reader.has("certificate_file");
  if (oauth.way == OAuth::Way::service_account) {
    return;
  }
  if (!reader.has("client_id")) {
    reader.missing("client_id", ": the application (client) ID that the provider has given");
  }
  if (reader.has("certificate") && reader.has("certificate_file")) {
    reader.error("certificate_file",
                 "'certificate' and 'certificate_file' both stand for the certificate: remove the "
                 "one or the other");
  }
  if (reader.has("client_secret") && certificate) {
    reader.error("client_secret",
                 "the application proves who it is with a secret or with a certificate: remove "
                 "'client_secret' or the certificate");
  }
  if (reader.has("key_file") && !reader.has("certificate_file")) {
    reader.error("key_file", "'key_file' has a place beside certificate_file only");
  }
  if (oauth.way == OAuth::Way::application && !reader.has("client_secret") && !certificate) {
    reader.missing("client_secret", ": the name of the secret in the vault; or give a certificate");
  }
}

void read_service_account(TableReader& reader, const Upstream& upstream, OAuth& oauth) {
  oauth.service_account = read_secret_name(reader, "service_account");
  oauth.subject = reader.text("subject").value_or(upstream.user);
  if (oauth.way == OAuth::Way::service_account && !reader.has("service_account")) {
    reader.missing("service_account",
                   ": the name in the vault of the JSON file with the account's key");
  }
  for (const std::string_view key : {"service_account", "subject"}) {
    if (oauth.way != OAuth::Way::service_account && reader.has(key)) {
      reader.error(key, fmt::format("'{}' belongs to the preset google-service-account", key));
    }
  }
}

}  // namespace

OAuth read_oauth(const Document& document, const Node& table, const Upstream& upstream,
                 Findings& findings) {
  TableReader reader(document, table, oauth_table(), findings);
  OAuth oauth;
  const OAuthPreset* preset = read_preset(reader);
  oauth.way = way_of(reader, preset);
  if (oauth.way == OAuth::Way::command) {
    read_command(reader, oauth);
    return oauth;
  }
  constexpr OAuthPreset kNone{};
  const OAuthPreset& usual = preset != nullptr ? *preset : kNone;
  oauth.algorithm = preset != nullptr ? usual.algorithm : "RS256";
  oauth.authorization_extra = usual.extra;
  oauth.redirect_host = preset != nullptr ? usual.redirect_host : "127.0.0.1";
  const std::string tenant = read_tenant(reader);
  read_endpoint(reader, "token_endpoint", usual.token_endpoint, tenant, oauth.token_endpoint);
  read_endpoint(reader, "authorization_endpoint", usual.authorization_endpoint, tenant,
                oauth.authorization_endpoint);
  read_endpoint(reader, "device_endpoint", usual.device_endpoint, tenant, oauth.device_endpoint);
  oauth.scope = reader.text("scope").value_or(std::string(usual.scope));
  oauth.ca_file = reader.existing_file("ca_file").value_or("");
  oauth.refresh_token = read_secret_name(reader, "refresh_token");
  if (oauth.refresh_token.empty()) {
    oauth.refresh_token = upstream.name + "-refresh-token";
  }
  read_proof(reader, oauth);
  read_service_account(reader, upstream, oauth);
  if (oauth.token_endpoint.empty() && !reader.has("preset")) {
    reader.missing("preset",
                   ": preset = \"microsoft-app\", \"microsoft\", \"google\" or "
                   "\"google-service-account\"; or give token_endpoint, or token_command");
  }
  return oauth;
}

}  // namespace truerelay::config
