#include <chrono>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

const std::string kHash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";  // SHA-256 of nothing

class UpstreamTest : public ConfigurationFolder {
 protected:
  static std::string at(std::string_view place, std::string_view message) {
    return "upstreams/office365.toml:" + std::string(place) + ": " + std::string(message);
  }
  // Keys of an upstream that needs no login, from line 3.
  void without_login(std::string_view keys) {
    write_upstream("host = \"mail.example\"\nauth = \"none\"\n" + std::string(keys));
  }
};

TEST_F(UpstreamTest, IsReadWithItsDefaults) {
  write_upstream("host = \"mail.example\"\nauth = \"none\"\n");
  ASSERT_EQ(warnings(), Lines{});
  const Upstream read = upstream();
  EXPECT_EQ(read.name, "office365");
  EXPECT_EQ(read.file, folder_ / "upstreams" / "office365.toml");
  EXPECT_EQ(read.host, "mail.example");
  EXPECT_EQ(read.port, 587);
  EXPECT_EQ(read.tls, Tls::starttls);
  EXPECT_TRUE(read.verify);
  EXPECT_EQ(read.ca_file, "");
  EXPECT_TRUE(read.pin_sha256.empty());
  EXPECT_EQ(read.min_tls, "1.2");
  EXPECT_EQ(read.helo_name, "");
  EXPECT_FALSE(read.eager_mail);
  EXPECT_EQ(read.connect_timeout, 30s);
  EXPECT_EQ(read.reply_timeout, 5min);
  EXPECT_EQ(read.data_timeout, 3min);
  EXPECT_EQ(read.final_reply_timeout, 10min);
}

TEST_F(UpstreamTest, IsReadWithEverythingSaid) {
  write("upstreams/ca.pem", "");
  write("upstreams/client.pem", "");
  write_upstream(
      "host = \"192.0.2.1\"\nport = 2525\ntls = \"implicit\"\nverify = true\n"
      "ca_file = \"ca.pem\"\npin_sha256 = \"" +
      kHash +
      "\"\nmin_tls = \"1.3\"\n"
      "client_certificate = \"client.pem\"\nhelo_name = \"relay.example\"\n"
      "auth = \"xoauth2\"\nuser = 'CONTOSO\\erp'\n"
      "password_file = \"../upstreams/office365.password\"\neager_mail = true\n"
      "connect_timeout = \"10s\"\nreply_timeout = \"20s\"\ndata_timeout = \"30s\"\n"
      "final_reply_timeout = \"40s\"\n");
  ASSERT_EQ(warnings(), Lines{});
  const Upstream read = upstream();
  EXPECT_EQ(read.host, "192.0.2.1");
  EXPECT_EQ(read.port, 2525);
  EXPECT_EQ(read.tls, Tls::implicit);
  EXPECT_EQ(read.ca_file, folder_ / "upstreams" / "ca.pem");
  EXPECT_EQ(read.pin_sha256, Lines{kHash});
  EXPECT_EQ(read.min_tls, "1.3");
  EXPECT_EQ(read.client_certificate, folder_ / "upstreams" / "client.pem");
  EXPECT_EQ(read.helo_name, "relay.example");
  EXPECT_EQ(read.auth, "xoauth2");
  EXPECT_EQ(read.user, "CONTOSO\\erp");
  EXPECT_EQ(read.password_file, folder_ / "upstreams" / "office365.password");
  EXPECT_TRUE(read.eager_mail);
  EXPECT_EQ(read.connect_timeout, 10s);
  EXPECT_EQ(read.reply_timeout, 20s);
  EXPECT_EQ(read.data_timeout, 30s);
  EXPECT_EQ(read.final_reply_timeout, 40s);
}

TEST_F(UpstreamTest, NeedsAHost) {
  write_upstream("# a comment\nauth = \"none\"\n");
  EXPECT_EQ(errors(), (Lines{at("1:1",
                                "'host' is missing; give it, or a preset, such as preset = "
                                "\"office365\"")}));
}

TEST_F(UpstreamTest, RefusesAHostWithAPort) {
  write_upstream("host = \"mail.example:587\"\nauth = \"none\"\n");
  EXPECT_EQ(errors(), (Lines{at("1:8",
                                "'host' must be a host name or an address, without a port "
                                "(which is a key of its own) and without brackets")}));
}

TEST_F(UpstreamTest, WithAnUnknownKeyIsToldTheNearestAndKeepsASecretToItself) {
  write_upstream("host = \"mail.example\"\nuser = \"erp\"\npassword = \"hunter2\"\n");
  const auto config = load(main_file());
  ASSERT_FALSE(config);
  std::string all;
  for (const Error& error : config.error()) {
    all += describe(error) + "\n";
  }
  EXPECT_NE(all.find("office365.toml:3:1: error: unknown key 'password'; did you mean "
                     "'password_file'?\n  password = ...\n  ^\n"),
            std::string::npos)
      << all;
  EXPECT_EQ(all.find("hunter2"), std::string::npos) << all;
}

TEST_F(UpstreamTest, TakesTheUsualPortOfItsTls) {
  without_login("tls = \"implicit\"\n");
  EXPECT_EQ(upstream().port, 465);
  without_login("port = 465\n");
  EXPECT_EQ(upstream().tls, Tls::implicit);
  without_login("port = 25\n");
  EXPECT_EQ(upstream().tls, Tls::starttls);
}

TEST_F(UpstreamTest, WarnsOfAPortThatSpeaksOtherwise) {
  without_login("port = 465\ntls = \"starttls\"\n");
  EXPECT_EQ(warnings(), (Lines{at("4:7",
                                  "port 465 speaks TLS from the first byte: tls = "
                                  "\"implicit\"")}));
  without_login("port = 587\ntls = \"implicit\"\n");
  EXPECT_EQ(warnings(), (Lines{at("4:7", "port 587 begins in the clear: tls = \"starttls\"")}));
}

TEST_F(UpstreamTest, RefusesPortsThatAreNone) {
  for (const std::string_view port : {"0", "65536", "-1", "9223372036854775807"}) {
    without_login("port = " + std::string(port) + "\n");
    EXPECT_EQ(errors(), (Lines{at("3:8", "'port' must be from 1 to 65535")})) << port;
  }
}

TEST_F(UpstreamTest, NeverSendsAPasswordInTheClear) {
  write_upstream(
      "host = \"mail.example\"\ntls = \"none\"\nuser = \"erp\"\n"
      "password_file = \"office365.password\"\n");
  const Lines refused = {at("2:7",
                            "a password must not go over the network in the clear: use tls "
                            "= \"starttls\" or tls = \"implicit\", or auth = \"none\"")};
  EXPECT_EQ(errors(), refused);
  write_upstream("host = \"mail.example\"\ntls = \"none\"\nauth = \"passthrough\"\n");
  EXPECT_EQ(errors(), refused);
}

TEST_F(UpstreamTest, OnThisMachineNeedsNoTls) {
  for (const std::string_view host : {"127.0.0.1", "::1", "localhost"}) {
    write_upstream("host = \"" + std::string(host) +
                   "\"\ntls = \"none\"\nuser = \"erp\"\npassword_file = \"office365.password\"\n");
    EXPECT_EQ(warnings(), Lines{}) << host;
  }
}

TEST_F(UpstreamTest, WithoutTlsAndLoginIsAWarning) {
  without_login("tls = \"none\"\nmin_tls = \"1.3\"\n");
  EXPECT_EQ(warnings(), (Lines{at("3:7", "mail to mail.example goes over the network in the clear"),
                               at("4:11", "'min_tls' has no effect with tls = \"none\"")}));
}

TEST_F(UpstreamTest, NotVerifiedIsAWarning) {
  without_login("verify = false\n");
  EXPECT_EQ(warnings(),
            (Lines{at("3:10",
                      "with verify = false anybody between here and the upstream can take "
                      "its place and read mail and password; name its certificate in "
                      "ca_file instead")}));
}

TEST_F(UpstreamTest, LogsInUnlessToldOtherwise) {
  write_upstream("preset = \"office365\"\n");
  EXPECT_EQ(errors(),
            (Lines{at("1:1",
                      "'user' is missing and 'secret' too: auth = \"auto\" logs in; for an "
                      "upstream that needs no login write auth = \"none\"")}));
  write_upstream("preset = \"office365\"\nauth = \"login\"\nuser = \"erp\"\n");
  EXPECT_EQ(errors(), (Lines{at("1:1",
                                "'secret' is missing: auth = \"login\" needs a user, and a "
                                "secret, a password_file or [oauth]")}));
}

TEST_F(UpstreamTest, ThatPassesTheLoginThroughHasNoneOfItsOwn) {
  write_upstream("preset = \"office365\"\nauth = \"passthrough\"\nuser = \"erp\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:8",
                                "'user' has no place beside auth = \"passthrough\"; the "
                                "client brings its own")}));
}

TEST_F(UpstreamTest, NamesASecretInTheVaultInThePlaceOfAFile) {
  write_upstream("preset = \"office365\"\nuser = \"erp\"\nsecret = \"office365\"\n");
  EXPECT_EQ(warnings(), Lines{});
  EXPECT_EQ(upstream().secret, "office365");
  EXPECT_TRUE(upstream().password_file.empty());
  write_upstream("preset = \"office365\"\nuser = \"erp\"\nsecret = \"a\"\npassword_file = \"b\"\n");
  EXPECT_EQ(errors(), (Lines{at("4:17",
                                "'secret' and 'password_file' both stand for the password: "
                                "remove the one or the other")}));
  write_upstream("preset = \"office365\"\nsecret = \"a\"\n");
  EXPECT_EQ(errors(), (Lines{at("1:1",
                                "'user' is missing: auth = \"auto\" needs a user, and a secret, "
                                "a password_file or [oauth]")}));
}

TEST_F(UpstreamTest, TakesTheSecretItselfForNoName) {
  write_upstream("preset = \"office365\"\nuser = \"erp\"\nsecret = \"hunter 2!\"\n");
  const auto config = load(main_file());
  ASSERT_FALSE(config);
  const std::string told = describe(config.error().at(0));
  EXPECT_NE(told.find("'secret' is the name of a secret in the vault, not the secret itself"),
            std::string::npos);
  EXPECT_EQ(told.find("hunter"), std::string::npos) << told;
}

TEST_F(UpstreamTest, WithoutALoginOfItsOwnHasNoSecret) {
  without_login("secret = \"office365\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:10",
                                "'secret' has no place beside auth = \"none\"; remove the one or "
                                "the other")}));
  write_upstream("preset = \"office365\"\nauth = \"passthrough\"\nsecret = \"a\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:10",
                                "'secret' has no place beside auth = \"passthrough\"; the client "
                                "brings its own")}));
}

TEST_F(UpstreamTest, WithoutALoginHasNoPassword) {
  without_login("password_file = \"office365.password\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:17",
                                "'password_file' has no place beside auth = \"none\"; "
                                "remove the one or the other")}));
}

TEST_F(UpstreamTest, RefusesAUserWithControlCharacters) {
  for (const std::string_view user : {"a\\u0000b", "a\\r\\nb", "a\\u001Bb", "a\\u007Fb"}) {
    write_upstream("preset = \"office365\"\nuser = \"" + std::string(user) +
                   "\"\npassword_file = \"office365.password\"\n");
    EXPECT_EQ(errors(), (Lines{at("2:8", "'user' must not hold control characters")})) << user;
  }
}

TEST_F(UpstreamTest, WarnsOfAMissingPasswordWithTheCommandThatMakesIt) {
  std::filesystem::remove(folder_ / "upstreams" / "office365.password");
  const std::string file = (folder_ / "upstreams" / "office365.password").string();
  EXPECT_EQ(warnings(), (Lines{at("3:17", "there is no " + file +
                                              " yet, so nobody can log in; make it with 'install "
                                              "-m 600 /dev/null " +
                                              file + "' and write the password into it")}));
}

TEST_F(UpstreamTest, ThatNobodyUsesNeedsNoPasswordYet) {
  write("upstreams/gmail.toml",
        "preset = \"gmail\"\nuser = \"a\"\npassword_file = \"gmail.password\"\n");
  EXPECT_EQ(warnings(), Lines{});
}

TEST_F(UpstreamTest, RefusesPinsThatAreNoHash) {
  without_login("pin_sha256 = [\"" + kHash + "\", \"c2hvcnQ=\", \"" + kHash.substr(1) + "\"]\n");
  EXPECT_EQ(errors().size(), 2U);
  EXPECT_EQ(errors().at(0), at("3:63",
                               "'pin_sha256' must hold SHA-256 hashes in base64, 44 "
                               "characters with the \"=\" at the end"));
}

TEST_F(UpstreamTest, RefusesCertificatesThatAreNotThere) {
  std::filesystem::create_directory(folder_ / "upstreams" / "certs");
  without_login("ca_file = \"missing.pem\"\nclient_certificate = \"certs\"\n");
  EXPECT_EQ(
      errors(),
      (Lines{at("3:11", "there is no file " + (folder_ / "upstreams" / "missing.pem").string()),
             at("4:22", (folder_ / "upstreams" / "certs").string() + " is a folder, not a file")}));
}

TEST_F(UpstreamTest, WantsTheTlsVersionInQuotes) {
  without_login("min_tls = 1.2\n");
  EXPECT_EQ(errors(), (Lines{at("3:11",
                                "'min_tls' must be a string, such as \"1.2\"; this is a "
                                "number with a decimal point")}));
}

TEST_F(UpstreamTest, RefusesAnEmptyStringAndAHeloNameThatIsNone) {
  without_login("helo_name = \"\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:13", "'helo_name' must not be empty")}));
  without_login("helo_name = \"my relay\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:13",
                                "'helo_name' must be a host name, such as "
                                "smtp.example.com, or an address")}));
}

}  // namespace
}  // namespace truerelay::config
