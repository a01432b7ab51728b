#include "app/jwt_signing.h"

#include <utility>

#include "tls/jwt_signer.h"

namespace truerelay::app {
namespace {

class Signer final : public oauth::JwtSigner {
 public:
  explicit Signer(tls::JwtSigner signer) : signer_(std::move(signer)) {}
  std::string_view algorithm() const override {
    return signer_.algorithm() == tls::JwtSigner::Algorithm::ps256 ? "PS256" : "RS256";
  }
  std::string_view thumbprint() const override { return signer_.thumbprint(); }
  std::expected<std::string, std::string> sign(std::string_view message) const override {
    return signer_.sign(message);
  }

 private:
  tls::JwtSigner signer_;
};

}  // namespace

oauth::MakeSigner signers(std::string_view algorithm) {
  const auto chosen =
      algorithm == "PS256" ? tls::JwtSigner::Algorithm::ps256 : tls::JwtSigner::Algorithm::rs256;
  return [chosen](const Redacted& key, const Redacted& certificate)
             -> std::expected<std::unique_ptr<oauth::JwtSigner>, std::string> {
    std::expected<tls::JwtSigner, std::string> signer =
        tls::JwtSigner::create(chosen, {key.reveal(), "[oauth]", certificate.reveal(), "[oauth]"});
    if (!signer) {
      return std::unexpected(std::move(signer.error()));
    }
    return std::make_unique<Signer>(*std::move(signer));
  };
}

}  // namespace truerelay::app
