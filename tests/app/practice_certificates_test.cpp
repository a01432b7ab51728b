#include "app/practice_certificates.h"

#include <gtest/gtest.h>

#include "tests/app/installation.h"
#include "tls/server_context.h"

namespace truerelay::app {
namespace {

TEST(PracticeCertificates, AreMadeOnceAndThenKept) {
  const Installation installation;
  const std::string before = installation.read("certs/ca.pem");
  EXPECT_NE(before.find("BEGIN CERTIFICATE"), std::string::npos);
  ASSERT_TRUE(practice_certificates(installation.path("certs")).has_value());
  EXPECT_EQ(installation.read("certs/ca.pem"), before);
}

TEST(PracticeCertificates, ServeAsTheyAre) {
  const Installation installation;
  const PracticeCertificates& files = installation.certificates();
  const auto context = tls::ServerContext::load(files.certificate_file, files.key_file);
  EXPECT_TRUE(context.has_value()) << context.error();
}

TEST(PracticeCertificates, TheAuthoritysKeyIsKeptNowhere) {
  const Installation installation;
  std::size_t keys = 0;
  for (const auto& entry : std::filesystem::directory_iterator(installation.path("certs"))) {
    const std::string name = "certs/" + entry.path().filename().string();
    keys += installation.read(name).find("PRIVATE KEY-----") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(keys, 1U) << "the server's own";
}

TEST(PracticeCertificates, TheKeyIsTheOwnersAlone) {
  const Installation installation;
  using std::filesystem::perms;
  const perms mode = std::filesystem::status(installation.certificates().key_file).permissions();
  EXPECT_EQ(mode & (perms::group_all | perms::others_all), perms::none);
}

TEST(PracticeCertificates, AFolderThatCannotBeMadeIsNamed) {
  const Installation installation;
  const auto made = practice_certificates(installation.path("truerelay.toml/certs"));
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().find("truerelay.toml/certs"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::app
