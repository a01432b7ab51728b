#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace truerelay::config {

using Duration = std::chrono::milliseconds;

// The configuration, checked: what is here can be used as it stands. Immutable once loaded.
// Durations are written in TOML as strings, "30s", "5m", "500ms", "1h", or as a whole number of
// seconds; sizes as "256KiB", "35MB", "150MiB" or a whole number of octets. Paths are absolute or
// relative to the working directory; in TOML they are relative to the file they stand in.
// conf/README.md describes every key; schema.h is the list of them.

enum class Tls { starttls, implicit, none };
enum class Chunking { automatic, off };
enum class ClientAuth { none, optional, required };
enum class LogFormat { text, json };
enum class LogLevel { debug, info, warning, error };

// "127.0.0.1:2525", "[::1]:25"; host is an address literal without brackets.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

// [[listener]]
struct Listener {
  std::string name;
  std::vector<ListenAddress> address;
  std::string upstream;                    // The name of an Upstream.
  std::vector<std::string> allow;          // Networks, checked: "127.0.0.0/8", "::1".
  bool reject_bare_line_ends = false;      // line_ends = "normalize" | "reject"
  Tls tls = Tls::none;                     // Towards the client.
  ClientAuth auth = ClientAuth::none;      // Whether the vault's users log in.
  std::filesystem::path certificate_file;  // PEM, for tls
  std::filesystem::path key_file;          // PEM, owner-only
  std::size_t max_clients = 2000;
  Duration command_timeout = std::chrono::minutes(5);  // RFC 5321 section 4.5.3.2.7
  Duration data_timeout = std::chrono::minutes(3);
  Duration duplicate_window = std::chrono::minutes(30);  // 0: none.

  bool operator==(const Listener&) const = default;
};

// [oauth] of an upstream's file: where its access tokens come from. Secrets are named as they stand
// in the vault.
struct OAuth {
  enum class Way {
    application,      // Client credentials.
    login,            // A person's, kept by a refresh token.
    service_account,  // Google's, that acts for a mailbox.
    command,          // A program prints them.
  };

  Way way = Way::application;
  std::string client_id;
  std::string client_secret;
  std::string certificate;
  std::filesystem::path certificate_file;  // PEM, in the place of `certificate`.
  std::filesystem::path key_file;          // PEM; empty: the key stands beside the certificate.
  std::string algorithm;                   // "RS256" | "PS256"
  std::string service_account;
  std::string subject;  // The mailbox for which a service account acts.
  std::string refresh_token;
  std::string scope;
  std::string token_endpoint;
  std::string authorization_endpoint;       // Empty: there is none.
  std::string device_endpoint;              // Likewise.
  std::string authorization_extra;          // What its query has besides.
  std::string redirect_host = "127.0.0.1";  // Where a browser is sent after a login.
  std::filesystem::path ca_file;            // Empty: the system's trust store.
  std::vector<std::string> token_command;

  bool operator==(const OAuth&) const = default;
};

// The proxy on the way to an upstream: via = "http://proxy.example:3128"
struct Via {
  bool socks5 = false;  // Otherwise HTTP CONNECT.
  std::string host;
  std::uint16_t port = 0;
  std::string user;                     // via_user; empty: nobody logs in there.
  std::filesystem::path password_file;  // via_password_file

  bool operator==(const Via&) const = default;
};

// upstreams/NAME.toml, the name being the file's
struct Upstream {
  std::string name;
  std::filesystem::path file;
  std::string host;
  std::uint16_t port = 587;
  Tls tls = Tls::starttls;
  bool verify = true;
  std::filesystem::path ca_file;             // Empty: the system's trust store.
  std::vector<std::string> pin_sha256;       // Base64 of SHA-256 over the SubjectPublicKeyInfo.
  std::string min_tls = "1.2";               // "1.2" | "1.3"
  std::filesystem::path client_certificate;  // PEM with certificate and key
  std::string helo_name;                     // Empty: this machine's name.
  std::string auth = "auto";  // auto plain login xoauth2 oauthbearer passthrough none
  std::string user;
  std::string secret;                   // Its name in the vault, or empty:
  std::filesystem::path password_file;  // then its file.
  std::optional<OAuth> oauth;           // In the place of both.
  std::optional<Via> via;
  bool eager_mail = false;
  Chunking chunking = Chunking::automatic;      // chunking = "auto" | "off"
  unsigned max_connections = 20;                // At once, of one login.
  unsigned rate_per_minute = 0;                 // Messages of one login; 0: no limit.
  unsigned max_messages_per_connection = 1000;  // 0: no limit.
  Duration idle_close = std::chrono::minutes(1);
  bool keep_warm = false;                               // NOOP after idle_close instead of closing.
  Duration patience = std::chrono::seconds(30);         // 0: nobody waits.
  std::uint64_t replay_buffer = 256ULL * 1024;          // 0: nothing is kept.
  bool replay_file = false;                             // Never true where replay_buffer is 0.
  std::string fallback;                                 // The name of another Upstream, or empty.
  Duration connect_timeout = std::chrono::seconds(30);  // DNS, TCP, TLS, EHLO, AUTH together
  Duration reply_timeout = std::chrono::minutes(5);     // RFC 5321 section 4.5.3.2.2, .3
  Duration data_timeout = std::chrono::minutes(3);      // A block of data; section 4.5.3.2.5
  Duration final_reply_timeout = std::chrono::minutes(10);  // To the final dot; 4.5.3.2.6

  bool operator==(const Upstream&) const = default;
};

struct Log {
  std::filesystem::path file;  // Empty: standard error.
  LogFormat format = LogFormat::text;
  LogLevel level = LogLevel::info;
  std::uint64_t max_size = 50ULL * 1024 * 1024;  // A file this large is rotated,
  std::size_t keep = 10;                         // and so many old ones are kept.

  bool operator==(const Log&) const = default;
};

// [vault]: where the secrets are. The files lie beside the main file unless it says otherwise.
struct Vault {
  std::filesystem::path file;
  std::filesystem::path key_file;
  std::filesystem::path passphrase_file;  // Empty: none.

  bool operator==(const Vault&) const = default;
};

// One thing that is wrong, where, and what to write instead.
struct Error {
  std::filesystem::path file;
  unsigned line = 0;     // From 1; 0 where the error belongs to the file as a whole.
  unsigned column = 0;   // From 1
  std::string source{};  // The offending line, or empty. Of a line with a secret, the key only.
  std::string message{};
};

struct Config {
  std::filesystem::path file;
  std::vector<Listener> listeners;
  std::vector<Upstream> upstreams;
  Log log;
  Vault vault;
  Duration drain_timeout = std::chrono::seconds(30);
  std::vector<Error> warnings;  // What is allowed, but hardly meant.
};

// Whether a listener sends mail there, or would where its own upstream fails. A fallback's own
// fallback is not followed.
[[nodiscard]] bool is_used(const Config& config, const Upstream& upstream);

// "truerelay.toml:12:3: error: ...\n  the line\n  ^", without a last end of line. `kind` is "error"
// or "warning".
[[nodiscard]] std::string describe(const Error& error, std::string_view kind = "error");

// Reads `file` and upstreams/*.toml beside it. All errors that can be found, not just the first, in
// the order of the files and lines. Looks whether the files named in it exist, but opens none: a
// missing certificate is an error, a missing password_file that a listener needs is a warning.
[[nodiscard]] std::expected<Config, std::vector<Error>> load(const std::filesystem::path& file);

// Reads [vault] of `file` and nothing else, so that secrets can be written before the rest of the
// configuration is right.
[[nodiscard]] std::expected<Vault, std::vector<Error>> load_vault(
    const std::filesystem::path& file);

}  // namespace truerelay::config
