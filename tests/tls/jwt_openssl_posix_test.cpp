// Signatures as another implementation sees them: openssl(1).

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/tls/jwt_keys.h"
#include "tls/jwt_signer.h"

namespace truerelay::tls_test {
namespace {

using tls::JwtSigner;

class OpenSsl : public testing::Test {
 protected:
  OpenSsl() {
    std::filesystem::create_directories(directory);
    write("key.pem", kRsaKey);
    EXPECT_EQ(std::system(fmt::format("openssl pkey -in {0}/key.pem -pubout -out {0}/public.pem",
                                      directory.string())
                              .c_str()),
              0);
  }
  ~OpenSsl() override { std::filesystem::remove_all(directory); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(directory / name, std::ios::binary) << text;
  }

  // Whether openssl takes the signature for one of `message`.
  bool verifies(JwtSigner::Algorithm algorithm, std::string_view message) const {
    const auto signer = JwtSigner::create(algorithm, {kRsaKey, "the key", "", ""});
    const auto signature = signer->sign("header.claims");
    write("message", message);
    write("signature", *signature);
    const std::string options =
        algorithm == JwtSigner::Algorithm::ps256
            ? "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256"
            : "";
    return std::system(fmt::format("openssl dgst -sha256 {1} -verify {0}/public.pem "
                                   "-signature {0}/signature {0}/message >{0}/said 2>&1",
                                   directory.string(), options)
                           .c_str()) == 0;
  }

  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / fmt::format("jwt_openssl_{}", ::getpid());
};

TEST_F(OpenSsl, VerifiesRs256) {
  EXPECT_TRUE(verifies(JwtSigner::Algorithm::rs256, "header.claims"));
  EXPECT_FALSE(verifies(JwtSigner::Algorithm::rs256, "header.clains"));
}

TEST_F(OpenSsl, VerifiesPs256WithASaltAsLongAsTheDigest) {
  EXPECT_TRUE(verifies(JwtSigner::Algorithm::ps256, "header.claims"));
  EXPECT_FALSE(verifies(JwtSigner::Algorithm::ps256, "header.clains"));
}

}  // namespace
}  // namespace truerelay::tls_test
