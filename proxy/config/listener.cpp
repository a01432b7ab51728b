#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "base/ascii.h"
#include "config/contains.h"
#include "config/parts.h"
#include "config/values.h"
#include "platform/ip_text.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

constexpr auto kTls = std::to_array<std::pair<std::string_view, Tls>>(
    {{"none", Tls::none}, {"starttls", Tls::starttls}, {"implicit", Tls::implicit}});
constexpr auto kRejectsBareLineEnds =
    std::to_array<std::pair<std::string_view, bool>>({{"normalize", false}, {"reject", true}});

constexpr auto kAuth =
    std::to_array<std::pair<std::string_view, ClientAuth>>({{"none", ClientAuth::none},
                                                            {"optional", ClientAuth::optional},
                                                            {"required", ClientAuth::required}});

void read_name(TableReader& reader, Listener& listener) {
  if (!reader.has("name")) {
    reader.missing("name", "; it stands in the log, such as name = \"erp\"");
    return;
  }
  listener.name = reader.text("name").value_or("");
  if (const auto fault = fault_of_name(listener.name); fault && !listener.name.empty()) {
    reader.error("name", "'name' " + *fault);
  }
}

void read_addresses(TableReader& reader, Listener& listener) {
  if (!reader.has("address")) {
    reader.missing("address", ", such as address = [\"127.0.0.1:2525\"]");
    return;
  }
  for (const Node* entry : reader.texts("address")) {
    auto address = parse_listen_address(entry->text);
    if (!address) {
      reader.error_at(*entry, "'address' " + address.error());
      continue;
    }
    if (!is_loopback(address->host) && !reader.has("allow")) {
      reader.error_at(*entry, fmt::format("other machines can reach {}, so the listener must say "
                                          "which of them may use it: allow = "
                                          "[\"192.168.0.0/16\"]",
                                          entry->text));
    }
    listener.address.push_back(std::move(*address));
  }
}

void read_upstream_name(TableReader& reader, std::span<const std::string> upstreams,
                        Listener& listener) {
  if (!reader.has("upstream")) {
    reader.missing("upstream", ", such as upstream = \"office365\"");
    return;
  }
  listener.upstream = reader.text("upstream").value_or("");
  if (listener.upstream.empty() || upstreams.empty() || contains(upstreams, listener.upstream)) {
    return;  // That there are no upstreams at all is an error of its own.
  }
  reader.error("upstream", no_such_upstream(listener.upstream, upstreams));
}

void read_allow(TableReader& reader, Listener& listener) {
  if (!reader.has("allow")) {
    listener.allow = {"127.0.0.0/8", "::1"};
    return;
  }
  for (const Node* entry : reader.texts("allow")) {
    const auto network = platform::parse_network(entry->text);
    if (!network) {
      reader.error_at(*entry, fmt::format("'allow' must hold networks or addresses, such as "
                                          "\"192.168.0.0/16\" or \"::1\"; \"{}\" is none",
                                          printable(entry->text, 100)));
      continue;
    }
    const unsigned prefix =
        network->address.is_v4() && network->length >= 96 ? network->length - 96 : network->length;
    if (prefix == 0) {
      reader.warning_at(*entry, fmt::format("{} lets every machine that can reach this listener "
                                            "send mail in your name",
                                            entry->text));
    }
    listener.allow.push_back(entry->text);
  }
}

void read_tls(TableReader& reader, Listener& listener) {
  listener.tls = reader.choice("tls", kTls).value_or(listener.tls);
  for (const std::string_view key : {"certificate_file", "key_file"}) {
    if (listener.tls == Tls::none && reader.has(key)) {
      reader.error(key, fmt::format("'{}' needs tls = \"starttls\" or tls = \"implicit\"", key));
    } else if (listener.tls != Tls::none && !reader.has(key)) {
      reader.missing(key, ": TLS towards the client needs a certificate and its key, as PEM files");
    }
  }
  listener.certificate_file = reader.existing_file("certificate_file").value_or("");
  listener.key_file = reader.existing_file("key_file").value_or("");
}

}  // namespace

Listener read_listener(const Document& document, const Node& table,
                       std::span<const std::string> upstreams, Findings& findings) {
  Listener listener;
  TableReader reader(document, table, listener_table(), findings);
  read_name(reader, listener);
  read_addresses(reader, listener);
  read_upstream_name(reader, upstreams, listener);
  read_allow(reader, listener);
  listener.reject_bare_line_ends =
      reader.choice("line_ends", kRejectsBareLineEnds).value_or(listener.reject_bare_line_ends);
  read_tls(reader, listener);
  listener.auth = reader.choice("auth", kAuth).value_or(listener.auth);
  listener.max_clients =
      static_cast<std::size_t>(reader.integer("max_clients", 1, 100'000).value_or(2000));
  listener.command_timeout =
      reader.duration("command_timeout", 100ms, 24h).value_or(listener.command_timeout);
  listener.data_timeout =
      reader.duration("data_timeout", 100ms, 24h).value_or(listener.data_timeout);
  listener.duplicate_window =
      reader.duration("duplicate_window", 0ms, 24h).value_or(listener.duplicate_window);
  return listener;
}

}  // namespace truerelay::config
