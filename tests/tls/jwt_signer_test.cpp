// Signatures of JSON Web Tokens against the example of RFC 7515, and keys that cannot make any.

#include "tls/jwt_signer.h"

#include <gmock/gmock-matchers.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "tests/tls/jwt_keys.h"

namespace truerelay::tls_test {
namespace {

using testing::HasSubstr;
using tls::JwtSigner;

std::expected<JwtSigner, std::string> signer(std::string_view key,
                                             std::string_view certificate = "") {
  return JwtSigner::create(JwtSigner::Algorithm::rs256,
                           {key, "secret contoso-key", certificate, "secret contoso"});
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 0xFU];
  }
  return text;
}

TEST(JwtSigner, MakesTheSignatureOfTheRfc) {
  const auto made = signer(kRsaKey);
  ASSERT_TRUE(made) << made.error();
  const auto signature = made->sign(
      "eyJhbGciOiJSUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ");
  ASSERT_TRUE(signature) << signature.error();
  EXPECT_EQ(base64url_encode(*signature),
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
            "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIA"
            "RNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
            "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77R"
            "w");
}

TEST(JwtSigner, KnowsTheCertificateByItsDigest) {
  const auto made = signer(kRsaKey, kCertificate);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(hex(made->thumbprint()),
            "15e3d07254410b2a07e2bfd41cb91c15d66fe59b1a2dabce709486390340940e");
  EXPECT_EQ(signer(kRsaKey)->thumbprint(), "");
}

TEST(JwtSigner, TakesKeyAndCertificateOutOfOneText) {
  const std::string both = std::string(kCertificate) + std::string(kRsaKey);
  const auto made = signer(both, both);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->thumbprint().size(), 32U);
}

TEST(JwtSigner, RefusesWhatCannotSignWithASentence) {
  EXPECT_THAT(signer("").error(), HasSubstr("secret contoso-key holds no private key"));
  EXPECT_THAT(signer(kCertificate).error(), HasSubstr("holds no private key"));
  EXPECT_THAT(signer(kEcKey).error(), HasSubstr("is not an RSA key"));
  EXPECT_THAT(signer(kSmallRsaKey).error(), HasSubstr("has 1024 bits"));
  EXPECT_THAT(signer(kRsaKey, kRsaKey).error(), HasSubstr("secret contoso holds no certificate"));
  EXPECT_THAT(signer(kOtherRsaKey, kCertificate).error(),
              HasSubstr("does not belong to the first certificate in secret contoso"));
}

TEST(JwtSigner, NoErrorHoldsAPartOfTheKey) {
  std::string broken(kRsaKey);
  broken.erase(100, 40);
  for (const std::string& key : {broken, std::string(kEcKey), std::string(kSmallRsaKey)}) {
    const auto made = signer(key);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().find(key.substr(40, 20)), std::string::npos);
  }
}

TEST(CertificateEnd, IsTheLastMomentOfTheFirstOne) {
  const auto end = tls::certificate_end(kCertificate, "secret contoso");
  ASSERT_TRUE(end) << end.error();
  EXPECT_EQ(*end, io::WallTime(std::chrono::seconds(2111027700)));
  EXPECT_FALSE(tls::certificate_end(kRsaKey, "secret contoso"));
}

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(hex(tls::sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 7636 appendix B: a verifier and its challenge.
  EXPECT_EQ(base64url_encode(tls::sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

}  // namespace
}  // namespace truerelay::tls_test
