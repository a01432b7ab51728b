#include "tls/jwt_signer.h"

#include <fmt/core.h>

#include <array>
#include <optional>
#include <utility>

#include "tls/error_queue.h"
#include "tls/pem.h"

namespace truerelay::tls {
namespace {

constexpr int kLeastBits = 2048;  // RFC 7518 section 3.3

std::string digest_of(const std::uint8_t* bytes, std::size_t length) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes, length, digest.data());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// RFC 8705 section 3.1 calls it x5t#S256: the digest of the whole certificate in DER.
std::string thumbprint_of(X509& certificate) {
  std::uint8_t* encoded = nullptr;
  const int length = i2d_X509(&certificate, &encoded);
  const bssl::UniquePtr<std::uint8_t> owned(encoded);
  return length > 0 ? digest_of(encoded, static_cast<std::size_t>(length)) : std::string();
}

std::optional<std::string> fault_of(EVP_PKEY& key, std::string_view source) {
  if (EVP_PKEY_id(&key) != EVP_PKEY_RSA) {
    return fmt::format(
        "the private key in {} is not an RSA key, which RS256 and PS256 need; make one with "
        "'openssl req -x509 -newkey rsa:2048 -nodes -keyout KEY -out CERTIFICATE -days 730'",
        source);
  }
  if (EVP_PKEY_bits(&key) < kLeastBits) {
    return fmt::format("the RSA key in {} has {} bits, and {} are the least that may sign", source,
                       EVP_PKEY_bits(&key), kLeastBits);
  }
  return std::nullopt;
}

}  // namespace

struct JwtSigner::Key {
  bssl::UniquePtr<EVP_PKEY> key;
};

JwtSigner::JwtSigner(Algorithm algorithm, std::unique_ptr<Key> key, std::string thumbprint)
    : algorithm_(algorithm), key_(std::move(key)), thumbprint_(std::move(thumbprint)) {}
JwtSigner::JwtSigner(JwtSigner&& other) noexcept = default;
JwtSigner& JwtSigner::operator=(JwtSigner&& other) noexcept = default;
JwtSigner::~JwtSigner() = default;

std::expected<JwtSigner, std::string> JwtSigner::create(Algorithm algorithm, const Text& text) {
  std::expected<bssl::UniquePtr<EVP_PKEY>, std::string> key =
      parse_private_key(text.key, text.key_source);
  if (!key) {
    return std::unexpected(std::move(key.error()));
  }
  if (std::optional<std::string> fault = fault_of(**key, text.key_source)) {
    return std::unexpected(*std::move(fault));
  }
  std::string thumbprint;
  if (!text.certificate.empty()) {
    const std::expected<Certificates, std::string> certificates =
        parse_certificates(text.certificate, text.certificate_source);
    if (!certificates) {
      return std::unexpected(certificates.error());
    }
    X509& own = *certificates->front();
    if (X509_check_private_key(&own, key->get()) != 1) {
      return std::unexpected(
          fmt::format("the private key in {} does not belong to the first certificate in {} ({})",
                      text.key_source, text.certificate_source, take_error_reason()));
    }
    thumbprint = thumbprint_of(own);
  }
  return JwtSigner(algorithm, std::make_unique<Key>(std::move(*key)), std::move(thumbprint));
}

std::expected<std::string, std::string> JwtSigner::sign(std::string_view message) const {
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX* options = nullptr;  // Belongs to the context.
  const bool pss = algorithm_ == Algorithm::ps256;
  std::size_t length = 0;
  bool done =
      EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key_->key.get()) == 1 &&
      (!pss || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(options, -1) == 1)) &&
      EVP_DigestSign(context.get(), nullptr, &length, octets(message), message.size()) == 1;
  std::string signature(length, '\0');
  done = done && EVP_DigestSign(context.get(), reinterpret_cast<std::uint8_t*>(signature.data()),
                                &length, octets(message), message.size()) == 1;
  if (!done) {
    return std::unexpected(fmt::format("the private key could not sign: {}", take_error_reason()));
  }
  signature.resize(length);
  return signature;
}

std::string sha256(std::string_view bytes) { return digest_of(octets(bytes), bytes.size()); }

std::expected<io::WallTime, std::string> certificate_end(std::string_view pem,
                                                         std::string_view source) {
  const std::expected<Certificates, std::string> certificates = parse_certificates(pem, source);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  const bssl::UniquePtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(),
                               X509_get0_notAfter(certificates->front().get())) != 1) {
    ERR_clear_error();
    return std::unexpected(fmt::format("the certificate in {} has no readable end", source));
  }
  return io::WallTime(std::chrono::hours(24) * days + std::chrono::seconds(seconds));
}

}  // namespace truerelay::tls
