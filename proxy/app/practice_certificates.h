#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace truerelay::app {

// The files of the practice authority and of the server that it vouches for.
struct PracticeCertificates {
  std::filesystem::path ca_file;  // What an upstream's `ca_file` names.
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;  // Readable by the owner only.
};

// Those in `folder`, made where they are missing: for localhost, 127.0.0.1 and ::1, good for ten
// years. The authority's own key is not kept, so that it can never vouch for anything else.
[[nodiscard]] std::expected<PracticeCertificates, std::string> practice_certificates(
    const std::filesystem::path& folder);

}  // namespace truerelay::app
