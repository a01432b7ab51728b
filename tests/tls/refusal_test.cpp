#include <fmt/core.h>
#include <gmock/gmock-matchers.h>

#include "tests/tls/raw_server.h"
#include "tests/tls/tls_test.h"

namespace truerelay::tls_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kRefused = "the certificate of mail.example.com is refused: ";

class Refusal : public TlsTest {
 protected:
  tls::PracticeAuthority::Issued issued(std::vector<std::string> names, Validity validity) const {
    return authority.issue({.common_name = "the server",
                            .names = std::move(names),
                            .addresses = {},
                            .validity = validity});
  }
};

TEST_F(Refusal, of_an_expired_certificate_tells_since_when) {
  using namespace std::chrono;
  const io::WallTime expiry = sys_days(year(2025) / 1 / 31) + hours(12);
  const std::string text = refusal(issued({kHost}, {expiry - std::chrono::days(90), expiry}));
  EXPECT_EQ(text, std::string(kRefused) +
                      "it expired on 2025-01-31 (subject CN=the server, issuer CN=Practice CA, "
                      "valid until 2025-01-31 12:00:00 UTC)");
}

TEST_F(Refusal, of_a_certificate_that_is_not_yet_valid_tells_from_when_on) {
  using namespace std::chrono;
  const io::WallTime start = sys_days(year(2999) / 2 / 1);
  EXPECT_THAT(refusal(issued({kHost}, {start, start + std::chrono::days(1)})),
              AllOf(StartsWith(std::string(kRefused) +
                               "it is not yet valid, only from 2999-02-01 00:00:00 UTC on"),
                    HasSubstr("subject CN=the server, issuer CN=Practice CA, valid until "
                              "2999-02-02 00:00:00 UTC")));
}

TEST_F(Refusal, for_a_wrong_host_tells_the_names_that_the_certificate_holds) {
  EXPECT_THAT(refusal(issued({"a.example", "b.example"}, valid_days(-1, 1))),
              AllOf(StartsWith(std::string(kRefused) + "it is for a.example, b.example ("),
                    HasSubstr("subject CN=the server, issuer CN=Practice CA")));
}

TEST_F(Refusal, for_a_wrong_host_does_not_list_names_without_end) {
  std::vector<std::string> names;
  for (int i = 0; i < 50; ++i) {
    names.push_back(fmt::format("n{}.example", i));
  }
  EXPECT_THAT(refusal(issued(names, valid_days(-1, 1))),
              AllOf(HasSubstr("n7.example and 42 more names"), Not(HasSubstr("n8.example"))));
}

TEST_F(Refusal, names_the_addresses_that_the_certificate_holds) {
  const auto by_address = authority.issue({.common_name = "the server",
                                           .names = {},
                                           .addresses = {"192.0.2.7", "2001:db8::1"},
                                           .validity = valid_days(-1, 1)});
  EXPECT_THAT(refusal(by_address), HasSubstr("it is for 192.0.2.7, 2001:db8:0:0:0:0:0:1 ("));
  EXPECT_THAT(refusal(by_address, "192.0.2.8"),
              StartsWith("the certificate of 192.0.2.8 is refused: it is for 192.0.2.7"));
}

TEST_F(Refusal, of_an_address_that_stands_only_as_a_name) {
  EXPECT_THAT(refusal(issued({"192.0.2.7"}, valid_days(-1, 1)), "192.0.2.7"),
              StartsWith("the certificate of 192.0.2.7 is refused: it is for 192.0.2.7 ("));
}

TEST_F(Refusal, of_a_name_that_stands_in_the_subject_only) {
  EXPECT_THAT(
      refusal(authority.issue(
          {.common_name = kHost, .names = {}, .addresses = {}, .validity = valid_days(-1, 1)})),
      AllOf(StartsWith(std::string(kRefused) + "it names no host in its subjectAltName"),
            HasSubstr("subject CN=mail.example.com")));
}

TEST_F(Refusal, of_a_wildcard_that_covers_more_or_less_than_one_label) {
  for (const char* wildcard : {"*.com", "*.mail.example.com", "m*.example.com", "*.*.com", "*"}) {
    EXPECT_THAT(refusal(issued({wildcard}, valid_days(-1, 1))),
                StartsWith(fmt::format("{}it is for {} (", kRefused, wildcard)));
  }
}

TEST_F(Refusal, of_a_name_with_a_nul_shows_it) {
  using namespace std::string_literals;
  EXPECT_THAT(refusal(issued({"mail.example.com\0.evil.example"s}, valid_days(-1, 1))),
              AllOf(StartsWith(kRefused), HasSubstr("mail.example.com\\x00.evil.example")));
}

TEST_F(Refusal, of_a_self_signed_certificate) {
  const tls::PracticeAuthority self("Lone Server", valid_days(-1, 1));
  EXPECT_THAT(refusal({self.certificate(), self.key()}),
              AllOf(StartsWith(std::string(kRefused) + "it is self-signed and not in practice.pem"),
                    HasSubstr("subject CN=Lone Server, issuer CN=Lone Server, valid until ")));
}

TEST_F(Refusal, of_an_unknown_authority_names_it_and_the_file_where_it_is_missing) {
  const tls::PracticeAuthority other("Other CA", valid_days(-1, 100));
  auto from_other = other.issue({.common_name = "the server",
                                 .names = {kHost},
                                 .addresses = {},
                                 .validity = valid_days(-1, 1)});
  EXPECT_THAT(refusal(from_other),
              AllOf(StartsWith(std::string(kRefused) +
                               "it is issued by an unknown authority: CN=Other CA is not in "
                               "practice.pem"),
                    HasSubstr("subject CN=the server, issuer CN=Other CA")));
  from_other.chain += other.certificate();
  EXPECT_THAT(refusal(from_other),
              StartsWith(std::string(kRefused) + "it is issued by an unknown authority: CN=Other "
                                                 "CA is not in practice.pem (subject"));
}

TEST_F(Refusal, of_an_impostor_with_the_name_of_the_authority) {
  const tls::PracticeAuthority impostor("Practice CA", valid_days(-1, 100));
  EXPECT_THAT(refusal(impostor.issue({.common_name = "the server",
                                      .names = {kHost},
                                      .addresses = {},
                                      .validity = valid_days(-1, 1)})),
              AllOf(StartsWith(kRefused), HasSubstr("subject CN=the server")));
}

TEST_F(Refusal, for_a_missing_intermediate_hints_at_it) {
  const tls::PracticeAuthority intermediate("Practice Sub CA", valid_days(-1, 100), authority);
  auto short_of_one = intermediate.issue({.common_name = "the server",
                                          .names = {kHost},
                                          .addresses = {},
                                          .validity = valid_days(-1, 1)});
  short_of_one.chain.resize(short_of_one.chain.find("-----BEGIN", 1));
  EXPECT_THAT(refusal(short_of_one),
              StartsWith(std::string(kRefused) +
                         "it is issued by an unknown authority: CN=Practice Sub CA is not in "
                         "practice.pem (or the server left out an intermediate certificate)"));
}

TEST_F(Refusal, for_an_expired_intermediate_blames_that_one) {
  const tls::PracticeAuthority intermediate("Practice Sub CA", valid_days(-100, -1), authority);
  EXPECT_THAT(refusal(intermediate.issue({.common_name = "the server",
                                          .names = {kHost},
                                          .addresses = {},
                                          .validity = valid_days(-1, 1)})),
              AllOf(StartsWith(std::string(kRefused) +
                               "the certificate of an issuer in its chain expired on 20"),
                    HasSubstr("(subject CN=Practice Sub CA, issuer CN=Practice CA")));
}

TEST_F(Refusal, reaches_the_server_as_an_alert) {
  const auto client = client_of();
  const auto server = serve(issued({kHost}, valid_days(-2, -1)));
  const Hands hands = shake(*client, *server);
  EXPECT_EQ(refusal_of(hands.server),
            "the TLS handshake with the client failed: the peer refused with the TLS alert "
            "'certificate expired' (45)");
}

TEST_F(Refusal, of_what_can_be_no_host) {
  using namespace std::string_literals;
  const auto client = client_of();
  const auto server = serve();
  for (const std::string& host : {""s, "."s, "mail\0.example"s, "not:an:address"s}) {
    const Hands hands = shake(*client, *server, host);
    EXPECT_THAT(refusal_of(hands.client), HasSubstr("is no host name"));
  }
}

}  // namespace
}  // namespace truerelay::tls_test
