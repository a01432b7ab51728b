#include "app/fingerprint.h"

#include <cstddef>
#include <fstream>
#include <string>
#include <system_error>

#include "base/redacted.h"
#include "digest/keyed_hash.h"
#include "platform/default_paths.h"

namespace truerelay::app {
namespace {

constexpr std::size_t kPart = std::size_t{64} * 1024;
constexpr std::size_t kMostParts = 256;

void add(digest::KeyedHash& hash, const std::filesystem::path& file) {
  hash.field(file.string());
  std::error_code not_there;
  if (!std::filesystem::is_regular_file(file, not_there)) {
    hash.number(0);  // Anything else might never end.
    return;
  }
  std::string part(kPart, '\0');  // It may be of a private key.
  std::ifstream stream;
  stream.rdbuf()->pubsetbuf(nullptr, 0);  // Its buffer would keep a copy.
  stream.open(file, std::ios::binary);
  hash.number(stream.is_open() ? 2 : 1);
  for (std::size_t i = 0; i < kMostParts && stream.good(); ++i) {
    stream.read(part.data(), static_cast<std::streamsize>(part.size()));
    hash.field({part.data(), static_cast<std::size_t>(stream.gcount())});
  }
  wipe(part);
}

std::filesystem::path authorities(const std::filesystem::path& ca_file) {
  return ca_file.empty() ? platform::system_trust_file() : ca_file;
}

}  // namespace

digest::Digest fingerprint_of(const std::vector<std::filesystem::path>& files,
                              const digest::Key& key) {
  digest::KeyedHash hash(key);
  hash.field("files");
  for (const std::filesystem::path& file : files) {
    add(hash, file);
  }
  return hash.finish();
}

digest::Digest fingerprint_of(const config::Upstream& upstream, const digest::Key& key) {
  std::vector<std::filesystem::path> files;
  if (upstream.tls != config::Tls::none && upstream.verify) {
    files.push_back(authorities(upstream.ca_file));
  }
  if (!upstream.client_certificate.empty()) {
    files.push_back(upstream.client_certificate);
  }
  if (upstream.oauth) {
    files.push_back(authorities(upstream.oauth->ca_file));
  }
  return fingerprint_of(files, key);
}

digest::Digest fingerprint_of(const config::Listener& listener, const digest::Key& key) {
  std::vector<std::filesystem::path> files;
  if (listener.tls != config::Tls::none) {
    files = {listener.certificate_file, listener.key_file};
  }
  return fingerprint_of(files, key);
}

digest::Digest fingerprint_of(const config::OAuth& oauth, const digest::Key& key) {
  return fingerprint_of(std::vector{authorities(oauth.ca_file)}, key);
}

}  // namespace truerelay::app
