#include "app/practice_certificates.h"

#include <fmt/core.h>

#include <chrono>
#include <fstream>
#include <system_error>

#include "tls/practice_authority.h"

namespace truerelay::app {
namespace {

std::expected<void, std::string> write(const std::filesystem::path& file, const std::string& text,
                                       std::filesystem::perms permissions) {
  std::ofstream(file, std::ios::trunc).close();
  std::error_code error;
  std::filesystem::permissions(file, permissions, error);  // Before the secret is in it.
  std::ofstream out;
  if (!error) {
    out.open(file, std::ios::binary);
    out << text;
    out.close();
  }
  if (error || !out) {
    return std::unexpected(
        fmt::format("Cannot write {}: check the folder's permissions or name "
                    "another with --certs.",
                    file.string()));
  }
  return {};
}

std::expected<void, std::string> make(const PracticeCertificates& files) {
  const auto now = std::chrono::time_point_cast<io::Duration>(std::chrono::system_clock::now());
  const tls::PracticeAuthority::Validity validity{now - std::chrono::hours(24),
                                                  now + std::chrono::years(10)};
  const tls::PracticeAuthority authority("truerelay practice authority", validity);
  const tls::PracticeAuthority::Issued server = authority.issue({.common_name = "localhost",
                                                                 .names = {"localhost"},
                                                                 .addresses = {"127.0.0.1", "::1"},
                                                                 .validity = validity});
  using std::filesystem::perms;
  const perms owner = perms::owner_read | perms::owner_write;
  std::expected<void, std::string> written = write(files.key_file, server.key, owner);
  if (written) {
    written =
        write(files.certificate_file, server.chain, owner | perms::group_read | perms::others_read);
  }
  if (written) {
    written = write(files.ca_file, authority.certificate(),
                    owner | perms::group_read | perms::others_read);
  }
  return written;
}

}  // namespace

std::expected<PracticeCertificates, std::string> practice_certificates(
    const std::filesystem::path& folder) {
  PracticeCertificates files{folder / "ca.pem", folder / "server.pem", folder / "server-key.pem"};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return std::unexpected(
        fmt::format("Cannot make the folder {}: {}.", folder.string(), error.message()));
  }
  // The authority's certificate is written last: where it is, the others are.
  if (!std::filesystem::exists(files.ca_file, error)) {
    std::expected<void, std::string> made = make(files);
    if (!made) {
      return std::unexpected(std::move(made.error()));
    }
  }
  return files;
}

}  // namespace truerelay::app
