#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "base/base64.h"
#include "base/secret_name.h"
#include "config/limits.h"
#include "config/nearest.h"
#include "config/oauth.h"
#include "config/parts.h"
#include "config/path_text.h"
#include "config/presets.h"
#include "config/values.h"
#include "config/via.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

constexpr auto kTls = std::to_array<std::pair<std::string_view, Tls>>(
    {{"starttls", Tls::starttls}, {"implicit", Tls::implicit}, {"none", Tls::none}});
constexpr auto kMinTls =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"1.2", "1.2"}, {"1.3", "1.3"}});
constexpr auto kAuth =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"auto", "auto"},
                                                                  {"plain", "plain"},
                                                                  {"login", "login"},
                                                                  {"xoauth2", "xoauth2"},
                                                                  {"oauthbearer", "oauthbearer"},
                                                                  {"passthrough", "passthrough"},
                                                                  {"none", "none"}});

constexpr auto kChunking = std::to_array<std::pair<std::string_view, Chunking>>(
    {{"auto", Chunking::automatic}, {"off", Chunking::off}});

constexpr std::uint16_t kSubmissions = 465;  // TLS from the first byte (RFC 8314 section 3.3)

const Preset* read_preset(TableReader& reader) {
  const std::optional<std::string> name = reader.text("preset");
  if (!name) {
    return nullptr;
  }
  const Preset* preset = find_preset(*name);
  if (preset == nullptr) {
    std::vector<std::string_view> known;
    for (const Preset& each : presets()) {
      known.push_back(each.name);
    }
    reader.error("preset", fmt::format("unknown preset '{}'{}", *name, did_you_mean(*name, known)));
  }
  return preset;
}

void read_host(TableReader& reader, const Preset* preset, Upstream& upstream) {
  if (preset != nullptr) {
    upstream.host = preset->host;
  }
  if (reader.has("host")) {
    upstream.host = reader.text("host").value_or("");
    if (const auto fault = fault_of_host(upstream.host); fault && !upstream.host.empty()) {
      reader.error("host", "'host' " + *fault);
    }
  } else if (preset != nullptr && upstream.host.empty()) {
    reader.missing("host", fmt::format(": preset '{}' needs it, such as host = \"{}\"",
                                       preset->name, preset->example));
  } else if (upstream.host.empty() && !reader.has("preset")) {
    reader.missing("host", "; give it, or a preset, such as preset = \"office365\"");
  }
}

// Port and TLS belong together: where only one of them is given, it decides about the other.
void read_port_and_tls(TableReader& reader, const Preset* preset, Upstream& upstream) {
  if (preset != nullptr) {
    upstream.port = preset->port;
    upstream.tls = preset->tls;
  }
  const Tls usual = upstream.tls;
  const std::optional<std::uint64_t> port = reader.integer("port", 1, 65535);
  const std::optional<Tls> tls = reader.choice("tls", kTls);
  if (port) {
    upstream.port = static_cast<std::uint16_t>(*port);
  } else if (tls && *tls != usual) {
    upstream.port = *tls == Tls::implicit ? kSubmissions : 587;
  }
  if (tls) {
    upstream.tls = *tls;
  } else if (port && *port == kSubmissions) {
    upstream.tls = Tls::implicit;
  } else if (port && (*port == 587 || *port == 25)) {
    upstream.tls = Tls::starttls;
  }
  if (upstream.tls == Tls::starttls && upstream.port == kSubmissions) {
    reader.warning("tls", "port 465 speaks TLS from the first byte: tls = \"implicit\"");
  } else if (upstream.tls == Tls::implicit && (upstream.port == 587 || upstream.port == 25)) {
    reader.warning("tls",
                   fmt::format("port {} begins in the clear: tls = \"starttls\"", upstream.port));
  }
}

void read_pins(TableReader& reader, Upstream& upstream) {
  for (const Node* entry : reader.texts("pin_sha256")) {
    const auto hash = base64_decode(entry->text);
    if (!hash || hash->size() != 32) {
      reader.error_at(*entry,
                      "'pin_sha256' must hold SHA-256 hashes in base64, 44 characters "
                      "with the \"=\" at the end");
    } else {
      upstream.pin_sha256.push_back(entry->text);
    }
  }
}

void read_trust(TableReader& reader, Upstream& upstream) {
  upstream.verify = reader.boolean("verify").value_or(true);
  upstream.ca_file = reader.existing_file("ca_file").value_or("");
  read_pins(reader, upstream);
  upstream.min_tls = reader.choice("min_tls", kMinTls).value_or("1.2");
  upstream.client_certificate = reader.existing_file("client_certificate").value_or("");
  if (!upstream.verify) {
    reader.warning("verify",
                   "with verify = false anybody between here and the upstream can take "
                   "its place and read mail and password; name its certificate in "
                   "ca_file instead");
  }
  if (upstream.tls != Tls::none) {
    return;
  }
  for (const std::string_view key :
       {"verify", "ca_file", "pin_sha256", "min_tls", "client_certificate"}) {
    if (reader.has(key)) {
      reader.warning(key, fmt::format("'{}' has no effect with tls = \"none\"", key));
    }
  }
  if (!is_loopback(upstream.host) && !upstream.host.empty()) {
    reader.warning("tls",
                   fmt::format("mail to {} goes over the network in the clear", upstream.host));
  }
}

// The name of a secret in the vault, or the file of a password.
void read_secret(TableReader& reader, Upstream& upstream) {
  upstream.secret = reader.text("secret").value_or("");
  upstream.password_file = reader.path("password_file").value_or("");
  if (!upstream.secret.empty() && !is_secret_name(upstream.secret)) {
    reader.error("secret", fmt::format("'secret' is the name of a secret in the vault, not the "
                                       "secret itself: it must be of {}",
                                       kSecretNameRule));
  }
  if (reader.has("secret") && reader.has("password_file")) {
    reader.error("password_file",
                 "'secret' and 'password_file' both stand for the password: remove the one or the "
                 "other");
  }
}

void read_login(TableReader& reader, Upstream& upstream) {
  upstream.auth = reader.choice("auth", kAuth).value_or("auto");
  upstream.user = reader.text("user").value_or("");
  read_secret(reader, upstream);
  const bool logs_in = upstream.auth != "none" && upstream.auth != "passthrough";
  const bool password = reader.has("secret") || reader.has("password_file") || reader.has("oauth");
  const bool secret = reader.has("user") || password;
  if (logs_in && !secret) {
    reader.missing("user", fmt::format(" and 'secret' too: auth = \"{}\" logs in; for an upstream "
                                       "that needs no login write auth = \"none\"",
                                       upstream.auth));
  } else if (logs_in && !(reader.has("user") && password)) {
    reader.missing(password ? "user" : "secret",
                   fmt::format(": auth = \"{}\" needs a user and a secret, or a password_file",
                               upstream.auth));
  }
  for (const std::string_view key : {"user", "secret", "password_file"}) {
    if (!logs_in && reader.has(key)) {
      reader.error(key,
                   fmt::format("'{}' has no place beside auth = \"{}\"; {}", key, upstream.auth,
                               upstream.auth == "none" ? "remove the one or the other"
                                                       : "the client brings its own"));
    }
  }
  if (upstream.tls == Tls::none && (secret || upstream.auth == "passthrough") &&
      !is_loopback(upstream.host)) {
    reader.error("tls",
                 "a password must not go over the network in the clear: use tls = "
                 "\"starttls\" or tls = \"implicit\", or auth = \"none\"");
  }
}

// Tokens in the place of a password.
void read_tokens(const Document& document, TableReader& reader, Upstream& upstream,
                 Findings& findings) {
  const Node* table = member(document.root, "oauth");
  if (table == nullptr) {
    return;
  }
  if (table->kind != Node::Kind::table) {
    reader.error("oauth", "the keys of oauth stand below [oauth], in single brackets");
    return;
  }
  upstream.oauth = read_oauth(document, *table, upstream, findings);
  for (const std::string_view key : {"secret", "password_file"}) {
    if (reader.has(key)) {
      reader.error(
          key, fmt::format("'{}' has no place beside [oauth]: remove the one or the other", key));
    }
  }
  if (upstream.auth != "auto" && upstream.auth != "xoauth2" && upstream.auth != "oauthbearer") {
    reader.error("oauth", fmt::format("[oauth] has no place beside auth = \"{}\": a token goes by "
                                      "auth = \"auto\", \"xoauth2\" or \"oauthbearer\"",
                                      upstream.auth));
  }
}

void read_helo_name(TableReader& reader, Upstream& upstream) {
  upstream.helo_name = reader.text("helo_name").value_or("");
  if (const auto fault = fault_of_host(upstream.helo_name); fault && !upstream.helo_name.empty()) {
    reader.error("helo_name", "'helo_name' " + *fault);
  }
}

void read_times(TableReader& reader, Upstream& upstream) {
  const auto read = [&](std::string_view key, Duration& into) {
    into = reader.duration(key, 100ms, 24h).value_or(into);
  };
  read("connect_timeout", upstream.connect_timeout);
  read("reply_timeout", upstream.reply_timeout);
  read("data_timeout", upstream.data_timeout);
  read("final_reply_timeout", upstream.final_reply_timeout);
}

}  // namespace

Upstream read_upstream(const Document& document, std::string name, Findings& findings) {
  Upstream upstream;
  upstream.name = std::move(name);
  upstream.file = document.file;
  TableReader reader(document, document.root, upstream_table(), findings);
  const Preset* preset = read_preset(reader);
  read_host(reader, preset, upstream);
  read_port_and_tls(reader, preset, upstream);
  read_trust(reader, upstream);
  read_helo_name(reader, upstream);
  read_login(reader, upstream);
  read_tokens(document, reader, upstream, findings);
  read_via(reader, upstream);
  upstream.eager_mail = reader.boolean("eager_mail").value_or(upstream.eager_mail);
  upstream.chunking = reader.choice("chunking", kChunking).value_or(upstream.chunking);
  read_limits(reader, preset, upstream);
  upstream.fallback = reader.text("fallback").value_or("");
  read_times(reader, upstream);
  return upstream;
}

// A password that is not there yet is no error: the configuration is written first, then the
// password, and the service refuses to log in until then.
void check_password_file(const Upstream& upstream, const Document& document, Findings& findings) {
  const auto check = [&](std::string_view key, const std::filesystem::path& path) {
    std::error_code failure;
    const Node* written = member(document.root, key);
    if (written == nullptr || path.empty() || std::filesystem::exists(path, failure)) {
      return;
    }
    const std::string file = text_of(path);
    findings.warnings.push_back(document.error_at(
        written->at,
        failure  // A folder that only the service's own user may enter.
            ? fmt::format("{} cannot be looked at: {}", file, failure.message())
            : fmt::format("there is no {} yet, so nobody can log in; make it with 'install -m 600 "
                          "/dev/null {}' and write the password into it",
                          file, file)));
  };
  check("password_file", upstream.password_file);
  check("via_password_file", upstream.via ? upstream.via->password_file : std::filesystem::path());
}

}  // namespace truerelay::config
