#include "tls/spki_pin.h"

#include <array>
#include <optional>

#include "base/base64.h"
#include "tls/certificate_pin.h"
#include "tls/pem.h"

namespace truerelay::tls {

std::string pin_of(const X509& certificate) {
  std::uint8_t* encoded = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &encoded);
  const bssl::UniquePtr<std::uint8_t> owned(encoded);
  if (length <= 0) {
    ERR_clear_error();
    return {};
  }
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(encoded, static_cast<std::size_t>(length), digest.data());
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::expected<std::string, std::string> spki_pin(std::string_view certificate_pem,
                                                 std::string_view source) {
  const std::expected<Certificates, std::string> certificates =
      parse_certificates(certificate_pem, source);
  if (!certificates) {
    return std::unexpected(certificates.error());
  }
  return pin_of(*certificates->front());
}

bool is_spki_pin(std::string_view pin) {
  const std::optional<std::string> digest = base64_decode(pin);
  return digest && digest->size() == SHA256_DIGEST_LENGTH;
}

}  // namespace truerelay::tls
