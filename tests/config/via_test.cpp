#include "config/via.h"

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

TEST(Via, NamesAProxyOfEitherKind) {
  const auto http = parse_via("http://Proxy.example:3128");
  ASSERT_TRUE(http) << http.error();
  EXPECT_FALSE(http->socks5);
  EXPECT_EQ(http->host, "Proxy.example");
  EXPECT_EQ(http->port, 3128);
  const auto socks = parse_via("socks5://[2001:db8::1]:1080/");
  ASSERT_TRUE(socks) << socks.error();
  EXPECT_TRUE(socks->socks5);
  EXPECT_EQ(socks->host, "2001:db8::1");
  EXPECT_EQ(socks->port, 1080);
  EXPECT_TRUE(parse_via("socks5h://10.0.0.1:1080")->socks5);
}

TEST(Via, ThatNamesNoneIsRefused) {
  for (const char* text :
       {"proxy.example:3128", "https://proxy.example:3128", "socks4://proxy.example:1080",
        "socks://proxy.example:1080", "http://", "http://:3128", "http://proxy.example",
        "http://proxy.example:", "http://proxy.example:0", "http://proxy.example:65536",
        "http://proxy.example:3128/path", "http://proxy.example:3128?x", "http://a b:3128",
        "http://2001:db8::1:3128", "http://[proxy.example]:3128", "http://[::1]",
        "http://10.0.0:3128"}) {
    const auto via = parse_via(text);
    ASSERT_FALSE(via) << text;
    EXPECT_TRUE(via.error().starts_with("must ")) << via.error();
  }
}

class ViaTest : public ConfigurationFolder {
 protected:
  void with(std::string_view keys) {
    write_upstream("host = \"mail.example\"\nauth = \"none\"\n" + std::string(keys));
  }
  static std::string at(std::string_view place, std::string_view message) {
    return "upstreams/office365.toml:" + std::string(place) + ": " + std::string(message);
  }
};

TEST_F(ViaTest, IsReadWithItsLogin) {
  write("upstreams/proxy.password", "");
  with(
      "via = \"socks5://proxy.example:1080\"\nvia_user = \"erp\"\n"
      "via_password_file = \"proxy.password\"\n");
  ASSERT_EQ(warnings(), Lines{});
  const Upstream read = upstream();
  ASSERT_TRUE(read.via);
  EXPECT_EQ(read.via->user, "erp");
  EXPECT_EQ(read.via->password_file, folder_ / "upstreams" / "proxy.password");
  with("");
  EXPECT_FALSE(upstream().via);
}

TEST_F(ViaTest, WithAPasswordInItIsAnErrorThatDoesNotShowIt) {
  for (const char* url : {"http://erp:canary@proxy.example:3128", "socks5://canary@proxy:1080",
                          "https://erp:canary@proxy.example:3128", "http://erp:canary@"}) {
    with("via = \"" + std::string(url) + "\"\n");
    const auto config = load(main_file());
    ASSERT_FALSE(config) << url;
    const std::string shown = describe(config.error().front());
    EXPECT_EQ(shown.find("canary"), std::string::npos) << shown;
    EXPECT_NE(shown.find("://..."), std::string::npos) << shown;
  }
  with("via = \"http://erp:canary@proxy.example:3128\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:7",
                                "'via' must not hold a user or a password: write them to "
                                "'via_user', and to a file that 'via_password_file' names")}));
}

TEST_F(ViaTest, NeedsUserAndPasswordTogether) {
  with("via = \"http://proxy.example:3128\"\nvia_user = \"erp\"\n");
  EXPECT_EQ(errors(), (Lines{at("1:1", "'via_password_file' is missing: 'via_user' needs it")}));
  with("via_user = \"erp\"\nvia_password_file = \"proxy.password\"\n");
  EXPECT_EQ(
      errors(),
      (Lines{at("3:12", "'via_user' is of no use without 'via', which names the proxy"),
             at("4:21", "'via_password_file' is of no use without 'via', which names the proxy")}));
}

TEST_F(ViaTest, TakesNoUserThatHttpCannotSay) {
  write("upstreams/proxy.password", "");
  const std::string login = "via_user = \"a:b\"\nvia_password_file = \"proxy.password\"\n";
  with("via = \"http://proxy.example:3128\"\n" + login);
  EXPECT_EQ(errors(),
            (Lines{at("4:12", "'via_user' must not hold a colon, for HTTP ends the user there")}));
  with("via = \"socks5://proxy.example:3128\"\n" + login);
  EXPECT_EQ(errors(), Lines{});
}

TEST_F(ViaTest, WarnsOfAPasswordThatIsNotThereYet) {
  with(
      "via = \"http://proxy.example:3128\"\nvia_user = \"erp\"\n"
      "via_password_file = \"proxy.password\"\n");
  ASSERT_EQ(warnings().size(), 1U);
  EXPECT_NE(warnings()[0].find("there is no "), std::string::npos) << warnings()[0];
  EXPECT_NE(warnings()[0].find("proxy.password"), std::string::npos) << warnings()[0];
}

}  // namespace
}  // namespace truerelay::config
