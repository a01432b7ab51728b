#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <tuple>
#include <utility>

#include "config/contains.h"
#include "config/parts.h"
#include "config/path_text.h"
#include "config/schema.h"
#include "config/values.h"
#include "platform/ip_text.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

void check_names_differ(const Document& document, const Node& list,
                        const std::vector<Listener>& listeners, Findings& findings) {
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const std::span earlier(listeners.begin(), i);
    if (!listeners[i].name.empty() && contains(earlier, listeners[i].name, &Listener::name)) {
      findings.errors.push_back(document.error_at(
          list.items[i].at,
          fmt::format("there is another listener named '{}'", listeners[i].name)));
    }
  }
}

void check_addresses_differ(const Document& document, const Node& list,
                            const std::vector<Listener>& listeners, Findings& findings) {
  std::vector<std::pair<io::IpAddress, std::uint16_t>> taken;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    for (const ListenAddress& address : listeners[i].address) {
      const std::pair place(platform::parse_ip(address.host).value_or(io::IpAddress{}),
                            address.port);
      if (contains(taken, place)) {
        findings.errors.push_back(document.error_at(
            list.items[i].at,
            fmt::format("address {} port {} is given twice", address.host, address.port)));
      }
      taken.push_back(place);
    }
  }
}

void read_listeners(const Document& document, std::span<const std::string> upstreams,
                    Config& config, Findings& findings) {
  const Node* list = member(document.root, "listener");
  if (list == nullptr) {
    findings.errors.push_back(
        {.file = document.file,
         .message = "there is no listener: add [[listener]] with name = \"erp\", address = "
                    "[\"127.0.0.1:2525\"] and upstream = \"office365\""});
    return;
  }
  const bool tables = std::ranges::all_of(
      list->items, [](const Node& item) { return item.kind == Node::Kind::table; });
  if (list->kind != Node::Kind::array || list->items.empty() || !tables) {
    findings.errors.push_back(
        document.error_at(list->at, "a listener begins with [[listener]], in two brackets"));
    return;
  }
  for (const Node& item : list->items) {
    config.listeners.push_back(read_listener(document, item, upstreams, findings));
  }
  check_names_differ(document, *list, config.listeners, findings);
  check_addresses_differ(document, *list, config.listeners, findings);
}

void read_main(const Document& document, std::span<const std::string> upstreams, Config& config,
               Findings& findings) {
  TableReader reader(document, document.root, top_table(), findings);
  config.drain_timeout = reader.duration("drain_timeout", 0ms, 1h).value_or(config.drain_timeout);
  read_listeners(document, upstreams, config, findings);
  const Node* log = member(document.root, "log");
  if (log != nullptr && log->kind == Node::Kind::table) {
    config.log = read_log(document, *log, findings);
  } else if (log != nullptr) {
    reader.error("log", "the log's keys stand below [log], in single brackets");
  }
  config.vault = read_vault(document, findings);
}

// Adds what was found in one file, line by line, to what was found before.
void add(std::vector<Error>& all, std::vector<Error> found) {
  std::ranges::sort(found, {}, [](const Error& error) {
    return std::tie(error.line, error.column, error.message);
  });
  std::ranges::move(found, std::back_inserter(all));
}

// The upstreams, also those that nobody uses: they are there to be used.
void read_upstreams(std::span<const UpstreamFile> files, std::span<const std::string> names,
                    Config& config, Findings& found) {
  struct Page {
    Document document;  // Empty where it is no TOML.
    Findings findings;
  };
  std::vector<Page> pages(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (auto document = read_document(files[i].file)) {
      pages[i].document = std::move(*document);
      config.upstreams.push_back(
          read_upstream(pages[i].document, files[i].name, pages[i].findings));
    } else {
      pages[i].findings.errors.push_back(std::move(document.error()));
      Upstream& unread = config.upstreams.emplace_back();
      unread.name = files[i].name;
      unread.file = files[i].file;
    }
  }
  // What one of them says of another, and whether it is used, shows when all are read.
  for (std::size_t i = 0; i < files.size(); ++i) {
    Page& page = pages[i];
    check_fallback(config, config.upstreams[i], names, page.document, page.findings);
    check_loop(config, config.upstreams[i], page.document, page.findings);
    if (is_used(config, config.upstreams[i])) {
      check_password_file(config.upstreams[i], page.document, page.findings);
      check_shared_login(config, config.upstreams[i], page.document, page.findings);
    }
    add(found.errors, std::move(page.findings.errors));
    add(found.warnings, std::move(page.findings.warnings));
  }
}

}  // namespace

std::expected<Config, std::vector<Error>> load(const std::filesystem::path& file) {
  Config config;
  config.file = file;

  // Which upstreams there are, by the names of their files.
  const std::filesystem::path folder = file.parent_path() / "upstreams";
  Findings in_folder;
  const std::vector<UpstreamFile> files = find_upstream_files(folder, in_folder);
  std::vector<std::string> names;
  std::ranges::transform(files, std::back_inserter(names), &UpstreamFile::name);

  // The main file.
  Findings in_main;
  std::expected<Document, Error> document = read_document(file);
  if (document) {
    read_main(*document, names, config, in_main);
  } else {
    in_main.errors.push_back(std::move(document.error()));
  }

  // The upstreams, and what the main file says of them.
  Findings in_upstreams;
  read_upstreams(files, names, config, in_upstreams);
  if (document) {
    check_logins(config, *document, in_main);
  }
  std::error_code unreadable;
  if (files.empty() && in_folder.errors.empty() && std::filesystem::exists(file, unreadable)) {
    in_folder.errors.push_back({.file = folder,
                                .message = "there is no upstream: put a file here, such as "
                                           "office365.toml with preset, user and secret"});
  }

  std::vector<Error> errors;
  add(errors, std::move(in_main.errors));
  add(errors, std::move(in_folder.errors));
  std::ranges::move(in_upstreams.errors, std::back_inserter(errors));
  add(config.warnings, std::move(in_main.warnings));
  std::ranges::move(in_upstreams.warnings, std::back_inserter(config.warnings));
  if (!errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  return config;
}

}  // namespace truerelay::config
