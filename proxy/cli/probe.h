#pragma once

#include <filesystem>
#include <string>

namespace truerelay::cli {

struct ProbeRequest {
  std::filesystem::path config_file;
  std::filesystem::path passphrase_file;  // Before that of the configuration.
  std::string upstream;
};

// `truerelay probe UPSTREAM`: what the service would do to get ready for a message, one step a line
// with its time, and at the first that fails the reason and the remedy.
int probe(const ProbeRequest& request);

}  // namespace truerelay::cli
