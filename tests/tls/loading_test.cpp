#include <gmock/gmock-matchers.h>

#include <filesystem>
#include <fstream>

#include "tests/tls/tls_test.h"
#include "tls/spki_pin.h"

namespace truerelay::tls_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// Files that cannot be used, and what is said of them.
class Loading : public TlsTest {
 protected:
  Loading() { std::filesystem::create_directories(directory); }
  ~Loading() override { std::filesystem::remove_all(directory); }

  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::ofstream(directory / name) << text;
    return directory / name;
  }

  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) /
      (std::string("tls_loading_") + testing::UnitTest::GetInstance()->current_test_info()->name());
  const tls::PracticeAuthority::Issued issued = good();
};

TEST_F(Loading, of_a_missing_file_names_it) {
  const auto store = tls::TrustStore::load(directory / "none.pem");
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(), AllOf(HasSubstr("none.pem cannot be read: No such file or directory"),
                                   HasSubstr("check the path")));
  const auto client =
      tls::ClientContext::create({.trust = trust, .client_certificate = directory / "none.pem"});
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error(), StartsWith("the client certificate is missing: "));
  const auto server = tls::ServerContext::load(file("cert.pem", issued.chain), directory / "k.pem");
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error(), StartsWith("the key of the server certificate is missing: "));
  EXPECT_FALSE(tls::TrustStore::load(directory));
}

TEST_F(Loading, of_a_trust_store_counts_its_certificates) {
  const tls::PracticeAuthority other("Other CA", valid_days(-1, 1));
  const auto both = file("both.pem", "comments are passed over\n" + authority.certificate() + "\n" +
                                         other.certificate());
  const auto store = tls::TrustStore::load(both);
  ASSERT_TRUE(store) << store.error();
  EXPECT_EQ((*store)->size(), 2U);
  EXPECT_EQ((*store)->source(), both.string());
}

TEST_F(Loading, of_the_trust_store_of_this_system_works) {
  const std::filesystem::path system = "/etc/ssl/certs/ca-certificates.crt";
  const auto store = tls::TrustStore::load(system);
  ASSERT_TRUE(store) << store.error();
  EXPECT_GT((*store)->size(), 50U);
}

TEST_F(Loading, of_something_else_than_certificates_is_refused) {
  const auto empty = tls::TrustStore::parse("", "empty.pem");
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error(), StartsWith("empty.pem holds no certificate"));
  std::string damaged = authority.certificate();
  damaged[damaged.size() / 2] = '!';
  const auto second = tls::TrustStore::parse(authority.certificate() + damaged, "damaged.pem");
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), StartsWith("certificate number 2 in damaged.pem cannot be read: "));
}

TEST_F(Loading, of_a_key_that_does_not_belong_to_the_certificate_is_refused) {
  const auto server =
      tls::ServerContext::load(file("cert.pem", issued.chain), file("key.pem", good().key));
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error(), AllOf(HasSubstr("key.pem does not belong to the first certificate"),
                                    HasSubstr("key values mismatch")));
}

TEST_F(Loading, of_a_file_without_a_key_or_with_an_encrypted_one_says_what_to_do) {
  const auto none = tls::ServerContext::parse(issued.chain, issued.chain);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("holds no private key"));
  const auto encrypted = tls::ServerContext::parse(
      issued.chain,
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n");
  ASSERT_FALSE(encrypted);
  EXPECT_THAT(encrypted.error(), HasSubstr("is encrypted with a passphrase"));
}

TEST_F(Loading, takes_certificate_and_key_from_one_file) {
  const auto both = file("both.pem", issued.key + issued.chain);
  const auto server = tls::ServerContext::load(both, both);
  ASSERT_TRUE(server) << server.error();
  const auto client = client_of();
  const Hands hands = shake(*client, **server);
  EXPECT_TRUE(hands.client && *hands.client);
}

TEST_F(Loading, verification_without_trusted_certificates_is_refused) {
  const auto client = tls::ClientContext::create({.trust = nullptr});
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error(), HasSubstr("name a ca_file"));
}

TEST_F(Loading, of_a_pin_that_can_be_none_is_refused) {
  for (const char* pin : {"", "abc", "sha256//AAAA", "AAAA"}) {
    const auto client = tls::ClientContext::create({.trust = trust, .pins = {pin}});
    ASSERT_FALSE(client) << pin;
    EXPECT_THAT(client.error(), HasSubstr("is not the base64 of a SHA-256"));
  }
  EXPECT_FALSE(tls::spki_pin("no certificate", "x.pem"));
}

}  // namespace
}  // namespace truerelay::tls_test
