#pragma once

#include <span>
#include <string>
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

// `used`: a listener sends mail there, so that it matters whether its password is in place.
[[nodiscard]] Upstream read_upstream(const Document& document, std::string name, bool used,
                                     Findings& findings);

struct UpstreamFile {
  std::string name;
  std::filesystem::path file;
};

// The *.toml of `folder`, in the order of their names. Files whose name begins with a dot are an
// editor's and left alone.
[[nodiscard]] std::vector<UpstreamFile> find_upstream_files(const std::filesystem::path& folder,
                                                            Findings& findings);

}  // namespace truerelay::config
