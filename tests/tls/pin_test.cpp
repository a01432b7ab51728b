#include <gmock/gmock-matchers.h>

#include "tests/tls/tls_test.h"
#include "tls/spki_pin.h"

namespace truerelay::tls_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Pin : public TlsTest {
 protected:
  static std::string pin(const std::string& pem) { return tls::spki_pin(pem, "a test").value(); }

  Hands shake_with(tls::ClientContext::Settings settings,
                   const tls::PracticeAuthority::Issued& issued) {
    const auto client = client_of(std::move(settings));
    const auto server = serve(issued);
    return shake(*client, *server);
  }

  const std::string some_other_pin = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
};

TEST_F(Pin, is_the_sha256_of_the_key_as_openssl_makes_it) {
  // openssl x509 -in ca.pem -pubkey -noout | openssl pkey -pubin -outform der |
  //   openssl dgst -sha256 -binary | openssl base64
  static constexpr const char* kCertificate =
      "-----BEGIN CERTIFICATE-----\n"
      "MIIBcTCCARegAwIBAgIUMatz4cQyeKXwwZG1q/aHp1Gm6d4wCgYIKoZIzj0EAwIw\n"
      "DjEMMAoGA1UEAwwDcGluMB4XDTI2MTEyMTIxMTgxMVoXDTI2MTEyMjIxMTgxMVow\n"
      "DjEMMAoGA1UEAwwDcGluMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEV2c0DK6a\n"
      "pV3Zg6Pup8yR9ekOcDT+BbL3w+gUhOBRh4c5QArvs81TFhck4qalEMHKtcBQqQXf\n"
      "oTOuszm+WW37mqNTMFEwHQYDVR0OBBYEFMxxd1RE3DG9AJjzeSpSzsg3JZeqMB8G\n"
      "A1UdIwQYMBaAFMxxd1RE3DG9AJjzeSpSzsg3JZeqMA8GA1UdEwEB/wQFMAMBAf8w\n"
      "CgYIKoZIzj0EAwIDSAAwRQIhALUGZqMo9CjgzTryQ12a4MwHEQ+4aUViKLcHDzSU\n"
      "rsp2AiAqLuVeh+j/G4Gqmz/j01dQfH/GsDtx/V/f4f88vdNO2A==\n"
      "-----END CERTIFICATE-----\n";
  EXPECT_EQ(pin(kCertificate), "BU2pd22yiWvV0tlrYkx5hWo7cJW/RWaHjnOiLwGyVUw=");
}

TEST_F(Pin, of_the_server_itself_is_enough) {
  const auto issued = good();
  const Hands hands =
      shake_with({.trust = trust, .pins = {some_other_pin, pin(issued.chain)}}, issued);
  EXPECT_TRUE(hands.client && *hands.client);
}

TEST_F(Pin, of_the_authority_is_enough_when_the_chain_is_verified) {
  const Hands hands = shake_with({.trust = trust, .pins = {pin(authority.certificate())}}, good());
  EXPECT_TRUE(hands.client && *hands.client);
}

TEST_F(Pin, that_does_not_match_is_refused_and_the_right_one_is_told) {
  const auto issued = good();
  const Hands hands = shake_with({.trust = trust, .pins = {some_other_pin}}, issued);
  EXPECT_THAT(refusal_of(hands.client),
              AllOf(StartsWith("the certificate of mail.example.com is refused: its key is none of "
                               "the pinned ones; the SHA-256 of the server's key is " +
                               pin(issued.chain)),
                    HasSubstr("(subject CN=mail.example.com, issuer CN=Practice CA, valid until")));
}

TEST_F(Pin, does_not_excuse_a_faulty_certificate) {
  const auto issued = authority.issue(
      {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-2, -1)});
  const Hands hands = shake_with({.trust = trust, .pins = {pin(issued.chain)}}, issued);
  EXPECT_THAT(refusal_of(hands.client), HasSubstr("it expired on"));
}

TEST_F(Pin, is_all_that_counts_without_verification) {
  const tls::PracticeAuthority self("Lone Server", valid_days(-2, -1));
  const tls::PracticeAuthority::Issued issued{self.certificate(), self.key()};
  const Hands right =
      shake_with({.trust = nullptr, .verify = false, .pins = {pin(issued.chain)}}, issued);
  EXPECT_TRUE(right.client && *right.client);
  const Hands wrong =
      shake_with({.trust = nullptr, .verify = false, .pins = {some_other_pin}}, issued);
  EXPECT_THAT(refusal_of(wrong.client), HasSubstr("its key is none of the pinned ones"));
}

TEST_F(Pin, of_an_unverified_chain_does_not_count) {
  // Anybody can send the certificate of an authority along.
  auto issued = tls::PracticeAuthority("Other CA", valid_days(-1, 1))
                    .issue({.common_name = kHost,
                            .names = {kHost},
                            .addresses = {},
                            .validity = valid_days(-1, 1)});
  issued.chain += authority.certificate();
  const Hands hands = shake_with(
      {.trust = nullptr, .verify = false, .pins = {pin(authority.certificate())}}, issued);
  EXPECT_THAT(refusal_of(hands.client), HasSubstr("its key is none of the pinned ones"));
}

}  // namespace
}  // namespace truerelay::tls_test
