#include "http/url.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace truerelay::http {
namespace {

TEST(Url, OfATokenEndpointIsTakenApart) {
  const auto url = parse_url("https://Login.Microsoftonline.com/tenant/oauth2/v2.0/token?a=b%20c");
  ASSERT_TRUE(url) << url.error();
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->host, "login.microsoftonline.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/tenant/oauth2/v2.0/token?a=b%20c");
  EXPECT_EQ(url->path(), "/tenant/oauth2/v2.0/token");
  EXPECT_EQ(url->query(), "a=b%20c");
  EXPECT_EQ(url->authority(), "login.microsoftonline.com");
}

TEST(Url, HasARootWhereNothingFollowsTheHost) {
  EXPECT_EQ(parse_url("https://example.com")->target, "/");
  EXPECT_EQ(parse_url("https://example.com?x=1")->target, "/?x=1");
  EXPECT_EQ(parse_url("https://example.com/")->query(), "");
  EXPECT_EQ(parse_url("https://example.com/?")->query(), "");
}

TEST(Url, SaysAPortThatIsNotTheUsualOne) {
  EXPECT_EQ(parse_url("https://example.com:443/")->authority(), "example.com");
  EXPECT_EQ(parse_url("https://example.com:8443/")->authority(), "example.com:8443");
  EXPECT_EQ(parse_url("https://[2001:DB8::1]/")->authority(), "[2001:db8::1]");
  EXPECT_EQ(parse_url("http://[::1]:8400/cb?code=1")->authority(), "[::1]:8400");
  EXPECT_EQ(parse_url("http://127.0.0.1/")->port, 80);
}

TEST(Url, WithoutTlsIsForThisMachineOnly) {
  for (const char* good : {"http://localhost/", "http://127.0.0.1:1/", "http://127.1.2.3/",
                           "http://[::1]/", "HTTP://LOCALHOST/"}) {
    EXPECT_TRUE(parse_url(good)) << good;
  }
  for (const char* bad :
       {"http://example.com/", "http://127.0.0.1.example.com/", "http://localhost.example.com/",
        "http://10.0.0.1/", "http://[::2]/", "http://[::ffff:127.0.0.1]/"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

TEST(Url, ThatIsNotStrictlyOneIsRefused) {
  const std::string label(64, 'a');
  const std::vector<std::string> all = {
      "",
      "https:",
      "https://",
      "https:///path",
      "example.com/token",
      "ftp://example.com/",
      "https//example.com/",
      " https://example.com/",
      "https://example.com/ ",
      "https://user@example.com/",
      "https://user:password@example.com/",
      "https://example.com@evil.example/",
      "https://example.com:/",
      "https://example.com:0/",
      "https://example.com:65536/",
      "https://example.com:+443/",
      "https://example.com:443x/",
      "https://exam ple.com/",
      "https://ex\xC3\xA4mple.com/",
      "https://.example.com/",
      "https://example..com/",
      "https://example.com./",
      "https://127.1/",
      "https://127.0.0.1.2/",
      "https://0177.0.0.1/",
      "https://0x7f.0.0.1/",
      "https://256.0.0.1/",
      "https://2130706433/",
      "https://[::1/",
      "https://[::1",
      "https://[::1]x/",
      "https://[]/",
      "https://[example.com]/",
      "https://[fe80::1%25eth0]/",
      "https://example.com/a b",
      "https://example.com/\"",
      "https://example.com/<x>",
      "https://example.com/\\evil.example",
      "https://example.com\\@evil.example/",
      "https://example.com/%",
      "https://example.com/%4",
      "https://example.com/%4g",
      "https://example.com/#fragment",
      "https://example.com/caf\xC3\xA9",
      "https://example.com/a\r\nHost: evil.example",
      std::string("https://example.com/\0", 21),
      std::string("https://exam\0ple.com/", 21),
      "https://" + label + ".example/",
      "https://example.com/" + std::string(8192, 'a'),
  };
  for (const std::string& text : all) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, ThatIsRefusedIsNotQuoted) {
  for (const std::string text :
       {"https://user:canary@example.com/", "http://canary.example/?code=canary",
        "https://example.com/?code=canary canary", "canary", "https://canary_:canary/",
        "https://example.com/#canary", "https://can ary/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().find("canary"), std::string::npos) << url.error();
    EXPECT_TRUE(url.error().starts_with("must ")) << url.error();
  }
}

}  // namespace
}  // namespace truerelay::http
