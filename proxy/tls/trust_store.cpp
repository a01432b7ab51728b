#include "tls/trust_store.h"

#include <fmt/core.h>

#include <new>

#include "tls/error_queue.h"
#include "tls/native_trust_store.h"
#include "tls/pem.h"

namespace truerelay::tls {

TrustStore::TrustStore(std::string source, std::size_t size, std::unique_ptr<Native> native)
    : source_(std::move(source)), size_(size), native_(std::move(native)) {}
TrustStore::~TrustStore() = default;

std::expected<std::shared_ptr<const TrustStore>, std::string> TrustStore::load(
    const std::filesystem::path& file) {
  const std::expected<std::string, std::string> text = read_text(file);
  if (!text) {
    return std::unexpected(fmt::format("the trusted certificates are missing: {}", text.error()));
  }
  return parse(*text, file.string());
}

std::expected<std::shared_ptr<const TrustStore>, std::string> TrustStore::parse(
    std::string_view pem, std::string source) {
  const std::expected<Certificates, std::string> certificates = parse_certificates(pem, source);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  auto native = std::make_unique<Native>();
  native->store.reset(X509_STORE_new());
  if (!native->store) {
    throw std::bad_alloc();
  }
  // PARTIAL_CHAIN: an anchor need not be a root. TRUSTED_FIRST: what is trusted here wins over what
  // the server sent along, so that a chain with an expired cross-certificate still ends well.
  X509_STORE_set_flags(native->store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  for (const bssl::UniquePtr<X509>& certificate : *certificates) {
    if (X509_STORE_add_cert(native->store.get(), certificate.get()) != 1) {
      return std::unexpected(
          fmt::format("a certificate in {} cannot be trusted: {}", source, take_error_reason()));
    }
  }
  return std::shared_ptr<const TrustStore>(
      new TrustStore(std::move(source), certificates->size(), std::move(native)));
}

}  // namespace truerelay::tls
