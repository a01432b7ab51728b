#include "config/schema.h"

#include <array>

namespace truerelay::config {
namespace {

constexpr auto kTop = std::to_array<Key>({
    {"listener", "list of tables", "required"},
    {"log", "table", "none"},
    {"vault", "table", "none"},
    {"drain_timeout", "duration", R"("30s")"},
});

constexpr auto kListener = std::to_array<Key>({
    {"name", "string", "required"},
    {"address", "list of strings", "required"},
    {"upstream", "string", "required"},
    {"allow", "list of strings", R"(["127.0.0.0/8", "::1"])"},
    {"line_ends", "string", R"("normalize")"},
    {"tls", "string", R"("none")"},
    {"certificate_file", "path", "none"},
    {"key_file", "path", "none"},
    {"auth", "string", R"("none")"},
    {"max_clients", "integer", "2000"},
    {"command_timeout", "duration", R"("5m")"},
    {"data_timeout", "duration", R"("3m")"},
    {"duplicate_window", "duration", R"("30m")"},
});

constexpr auto kLog = std::to_array<Key>({
    {"file", "path", "none"},
    {"format", "string", R"("text")"},
    {"level", "string", R"("info")"},
    {"max_size", "size", R"("50MiB")"},
    {"keep", "integer", "10"},
});

constexpr auto kVault = std::to_array<Key>({
    {"file", "path", R"("truerelay.vault")"},
    {"key_file", "path", R"("truerelay.key")"},
    {"passphrase_file", "path", "none"},
});

constexpr auto kUpstream = std::to_array<Key>({
    {"preset", "string", "none"},
    {"host", "string", "preset"},
    {"port", "integer", "preset"},
    {"tls", "string", "preset"},
    {"verify", "boolean", "true"},
    {"ca_file", "path", "none"},
    {"pin_sha256", "list of strings", "none"},
    {"min_tls", "string", R"("1.2")"},
    {"client_certificate", "path", "none"},
    {"helo_name", "string", "none"},
    {"auth", "string", R"("auto")"},
    {"user", "string", "none"},
    {"secret", "string", "none"},
    {"password_file", "path", "none"},
    {"oauth", "table", "none"},
    {"via", "string", "none"},
    {"via_user", "string", "none"},
    {"via_password_file", "path", "none"},
    {"eager_mail", "boolean", "false"},
    {"chunking", "string", R"("auto")"},
    {"max_connections", "integer", "preset"},
    {"rate_per_minute", "integer", "preset"},
    {"max_messages_per_connection", "integer", "1000"},
    {"idle_close", "duration", R"("1m")"},
    {"keep_warm", "boolean", "false"},
    {"patience", "duration", R"("30s")"},
    {"replay_buffer", "size", R"("256KiB")"},
    {"replay_file", "boolean", "false"},
    {"fallback", "string", "none"},
    {"connect_timeout", "duration", R"("30s")"},
    {"reply_timeout", "duration", R"("5m")"},
    {"data_timeout", "duration", R"("3m")"},
    {"final_reply_timeout", "duration", R"("10m")"},
});

constexpr auto kOAuth = std::to_array<Key>({
    {"preset", "string", "none"},
    {"tenant", "string", "none"},
    {"client_id", "string", "none"},
    {"client_secret", "string", "none"},
    {"certificate", "string", "none"},
    {"certificate_file", "path", "none"},
    {"key_file", "path", "none"},
    {"algorithm", "string", "preset"},
    {"service_account", "string", "none"},
    {"subject", "string", "none"},
    {"refresh_token", "string", "none"},
    {"scope", "string", "preset"},
    {"token_endpoint", "string", "preset"},
    {"authorization_endpoint", "string", "preset"},
    {"device_endpoint", "string", "preset"},
    {"ca_file", "path", "none"},
    {"token_command", "list of strings", "none"},
});

constexpr Table kTopTable{"the top of the main file", kTop};
constexpr Table kListenerTable{"[[listener]]", kListener};
constexpr Table kLogTable{"[log]", kLog};
constexpr Table kVaultTable{"[vault]", kVault};
constexpr Table kUpstreamTable{"upstreams/NAME.toml", kUpstream};
constexpr Table kOAuthTable{"[oauth]", kOAuth};
constexpr std::array<const Table*, 6> kAll = {&kTopTable,   &kListenerTable, &kLogTable,
                                              &kVaultTable, &kUpstreamTable, &kOAuthTable};

}  // namespace

const Table& top_table() { return kTopTable; }
const Table& listener_table() { return kListenerTable; }
const Table& log_table() { return kLogTable; }
const Table& vault_table() { return kVaultTable; }
const Table& upstream_table() { return kUpstreamTable; }
const Table& oauth_table() { return kOAuthTable; }
std::span<const Table* const> all_tables() { return kAll; }

}  // namespace truerelay::config
