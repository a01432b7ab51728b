#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/identities.h"
#include "tests/attacks/stage.h"

// Upstreams that cannot show who they are: all of them stop before AUTH and before MAIL, with
// STARTTLS and with implicit TLS alike.

namespace truerelay::attacks {
namespace {

using std::string_literals::operator""s;
using Issued = tls::PracticeAuthority::Issued;
using Request = tls::PracticeAuthority::Request;

constexpr const char* kHost = "mail.example.com";

const Trusted& trusted() {
  static const Trusted instance;
  return instance;
}

Issued issued(const Request& request) { return trusted().authority.issue(request); }

Issued named(std::vector<std::string> names) {
  return issued({.common_name = "the server",
                 .names = std::move(names),
                 .addresses = {},
                 .validity = valid_days(-1, 1)});
}

Issued self_signed() {
  const tls::PracticeAuthority lone("mail.example.com", valid_days(-1, 1));
  return {lone.certificate(), lone.key()};
}

Issued from_an_unknown_authority() {
  const tls::PracticeAuthority other("Other CA", valid_days(-1, 1));
  return other.issue(
      {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-1, 1)});
}

Issued without_its_intermediate() {
  const tls::PracticeAuthority between("Between CA", valid_days(-1, 1), trusted().authority);
  Issued short_of_one = between.issue(
      {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-1, 1)});
  short_of_one.chain.resize(short_of_one.chain.find("-----BEGIN", 1));
  return short_of_one;
}

struct Impostor {
  std::string_view name;
  Issued (*certificate)();
  std::string_view reason;  // In the reply.
  const char* host = kHost;
};
void PrintTo(const Impostor& impostor, std::ostream* out) { *out << impostor.name; }

const Impostor kImpostors[] = {
    {"an_expired_certificate",
     [] {
       return issued({.common_name = kHost,
                      .names = {kHost},
                      .addresses = {},
                      .validity = valid_days(-5, -1)});
     },
     "it expired on "},
    {"a_certificate_of_the_future",
     [] {
       return issued(
           {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(2, 5)});
     },
     "it is not yet valid"},
    {"a_certificate_for_another_name", [] { return named({"evil.example"}); },
     "it is for evil.example"},
    {"a_self_signed_certificate", self_signed, "self-signed"},
    {"a_certificate_of_an_unknown_authority", from_an_unknown_authority, "unknown authority"},
    {"a_certificate_without_its_intermediate", without_its_intermediate, "unknown authority"},
    {"the_name_in_the_subject_only",
     [] {
       return issued(
           {.common_name = kHost, .names = {}, .addresses = {}, .validity = valid_days(-1, 1)});
     },
     "it names no host"},
    {"a_wildcard_for_a_whole_top_level_domain", [] { return named({"*.com"}); }, "it is for *.com"},
    {"an_address_where_a_name_is_due",
     [] {
       return issued({.common_name = kHost,
                      .names = {},
                      .addresses = {"127.0.0.1"},
                      .validity = valid_days(-1, 1)});
     },
     "it is for 127.0.0.1"},
    {"a_NUL_in_the_name", [] { return named({"mail.example.com\0.evil.example"s}); }, "is refused"},
    {"an_address_that_stands_as_a_name", [] { return named({"127.0.0.1"}); }, "is refused",
     "127.0.0.1"},
};

class Section4_ImpostorWith : public testing::TestWithParam<Impostor> {
 protected:
  static Setting setting(relay::Tls tls) {
    Setting setting;
    setting.upstream.endpoint.host = GetParam().host;
    setting.upstream.tls = tls;
    setting.login = {{.user = "erp@x.example", .secret = "canary in the mine"}};
    setting.trust = trusted().client();
    setting.identity = serving(GetParam().certificate());
    Script script{.ehlo = "250-upstream.example\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n"};
    setting.scripts = {script};
    setting.relentless = true;
    return setting;
  }
};

INSTANTIATE_TEST_SUITE_P(Is, Section4_ImpostorWith, testing::ValuesIn(kImpostors),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section4_ImpostorWith, refused_before_the_login_and_the_client_hears_why) {
  // The connection that is opened when the client comes may have failed by then, or not yet.
  for (const relay::Tls tls : {relay::Tls::starttls, relay::Tls::implicit}) {
    for (const bool waits : {false, true}) {
      SCOPED_TRACE(tls == relay::Tls::implicit ? "implicit" : "starttls");
      SCOPED_TRACE(waits);
      Stage stage(setting(tls));
      RawClient& client = stage.greeted();
      stage.run_for(std::chrono::seconds(waits ? 5 : 0));
      const std::string heard =
          stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n", 3);
      const Replies replies = read_replies(heard);
      ASSERT_EQ(replies.codes(), (std::vector<int>{250, 451, 554})) << visible(heard);
      EXPECT_TRUE(replies.whole[1].starts_with("451-4.7.5 ")) << replies.whole[1];
      EXPECT_TRUE(replies.whole[1].contains(GetParam().reason)) << replies.whole[1];

      const ScriptedUpstream& upstream = stage.upstream();
      EXPECT_EQ(upstream.commands("AUTH"), std::vector<std::string>{});
      EXPECT_EQ(upstream.commands("MAIL"), std::vector<std::string>{});
      EXPECT_LE(upstream.connections().size(), 3U);
      for (const ScriptedUpstream::Connection& connection : upstream.connections()) {
        EXPECT_FALSE(connection.secured);
        EXPECT_FALSE(connection.received.contains("AUTH PLAIN"));
      }
    }
  }
}

TEST(Section4_ImplicitTls, with_an_honest_upstream_takes_the_message) {
  Setting setting;
  setting.upstream.endpoint.host = kHost;
  setting.upstream.tls = relay::Tls::implicit;
  setting.login = {{.user = "erp@x.example", .secret = "canary in the mine"}};
  setting.trust = trusted().client();
  setting.identity = serving(trusted().certificate_for(kHost));
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n", 3);
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().commands("AUTH").size(), 1U);
}

// An upstream that speaks first, in plaintext, where TLS is due.
TEST(Section4_ImplicitTls, does_not_hear_a_plaintext_greeting) {
  Setting setting;
  setting.upstream.endpoint.host = kHost;
  setting.upstream.tls = relay::Tls::implicit;
  setting.trust = trusted().client();
  Stage stage(std::move(setting));
  stage.upstream().implicit_tls = false;
  RawClient& client = stage.greeted();
  const std::string heard =
      stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n", 2);
  EXPECT_TRUE(read_replies(heard).whole.back().starts_with("451-4.7.5 ")) << visible(heard);
  EXPECT_EQ(stage.upstream().commands("EHLO"), std::vector<std::string>{});
}

}  // namespace
}  // namespace truerelay::attacks
