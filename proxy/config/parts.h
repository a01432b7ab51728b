#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/table_reader.h"

namespace truerelay::config {

// The parts of the configuration, each read from its table. Whatever is wrong goes to the findings;
// what is returned then is of use only for finding more.

// The names are those of the upstreams that there are.
[[nodiscard]] Listener read_listener(const Document& document, const Node& table,
                                     std::span<const std::string> upstreams, Findings& findings);

[[nodiscard]] Log read_log(const Document& document, const Node& table, Findings& findings);

// Of the main file, which may have no [vault].
[[nodiscard]] Vault read_vault(const Document& document, Findings& findings);

[[nodiscard]] Upstream read_upstream(const Document& document, std::string name,
                                     Findings& findings);

// What can be said of an upstream only when all are read. The document is that of the upstream.

// Whether what it names as its fallback is there and can stand in for it; the names are those of
// all upstreams.
void check_fallback(const Config& config, const Upstream& upstream,
                    std::span<const std::string> names, const Document& document,
                    Findings& findings);

// Whether it is a listener of this configuration, from which its mail would come back to it.
void check_loop(const Config& config, const Upstream& upstream, const Document& document,
                Findings& findings);

// Whether its password is in place, which matters where it is used.
void check_password_file(const Upstream& upstream, const Document& document, Findings& findings);

// Whether another upstream keeps a login of somebody else under the same name.
void check_shared_login(const Config& config, const Upstream& upstream, const Document& document,
                        Findings& findings);

// Whether who logs in at a listener can do so, and is not heard by others. The document is the
// main file.
void check_logins(const Config& config, const Document& document, Findings& findings);

struct UpstreamFile {
  std::string name;
  std::filesystem::path file;
};

// The *.toml of `folder`, in the order of their names. Files whose name begins with a dot are an
// editor's and left alone.
[[nodiscard]] std::vector<UpstreamFile> find_upstream_files(const std::filesystem::path& folder,
                                                            Findings& findings);

// "there is no upstream 'ofice365'; did you mean 'office365'?"
[[nodiscard]] std::string no_such_upstream(std::string_view name,
                                           std::span<const std::string> there_are);

}  // namespace truerelay::config
