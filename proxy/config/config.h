#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace truerelay::config {

using Seconds = std::chrono::seconds;

// The configuration, checked: what is here can be used as it stands. Immutable once loaded.
// Durations are written in TOML as strings, "30s", "5m", "500ms", "1h", or as a whole number of
// seconds; sizes as "256KiB", "35MB", "150MiB" or a whole number of octets.

enum class Tls { starttls, implicit, none };
enum class LogFormat { text, json };
enum class LogLevel { debug, info, warning, error };

// "127.0.0.1:2525", "[::1]:25"; host is an address literal without brackets.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};

// [[listener]]
struct Listener {
  std::string name;
  std::vector<ListenAddress> address;
  std::string upstream;                    // The name of an Upstream.
  std::vector<std::string> allow;          // Networks, checked: "127.0.0.0/8", "::1".
  bool reject_bare_line_ends = false;      // line_ends = "normalize" | "reject"
  Tls tls = Tls::none;                     // Towards the client.
  std::filesystem::path certificate_file;  // PEM, for tls
  std::filesystem::path key_file;          // PEM, owner-only
  std::size_t max_clients = 2000;
  Seconds command_timeout{300};  // RFC 5321 section 4.5.3.2.7
  Seconds data_timeout{180};
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
  std::filesystem::path password_file;
  bool eager_mail = false;
  Seconds connect_timeout{30};       // DNS, TCP, TLS, EHLO, AUTH together
  Seconds reply_timeout{300};        // To a command; RFC 5321 section 4.5.3.2.2, .3
  Seconds data_timeout{180};         // A block of data upstream; section 4.5.3.2.5
  Seconds final_reply_timeout{600};  // To the final dot; section 4.5.3.2.6
};

struct Log {
  std::filesystem::path file;  // Empty: standard error.
  LogFormat format = LogFormat::text;
  LogLevel level = LogLevel::info;
  std::uint64_t max_size = 50 * 1024 * 1024;  // A file this large is rotated,
  std::size_t keep = 10;                      // and so many old ones are kept.
};

struct Config {
  std::filesystem::path file;
  std::vector<Listener> listeners;
  std::vector<Upstream> upstreams;
  Log log;
  Seconds drain_timeout{30};
};

// One thing that is wrong, where, and what to write instead.
struct Error {
  std::filesystem::path file;
  unsigned line = 0;    // From 1; 0 where the error belongs to the file as a whole.
  unsigned column = 0;  // From 1
  std::string source;   // The offending line, or empty.
  std::string message;
};
// "truerelay.toml:12:3: error: ...\n  the line\n  ^"
[[nodiscard]] std::string describe(const Error& error);

// Reads `file` and upstreams/*.toml beside it. All errors that can be found, not just the first.
[[nodiscard]] std::expected<Config, std::vector<Error>> load(const std::filesystem::path& file);

}  // namespace truerelay::config
