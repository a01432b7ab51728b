// What a signed token says, part by part.

#include "oauth/assertion.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "oauth/random.h"
#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

constexpr io::WallTime kNow{std::chrono::seconds(1'790'000'000)};

// The parts between the full stops, decoded.
std::vector<std::string> parts_of(const Redacted& token) {
  std::vector<std::string> parts;
  std::string text(token.reveal());
  text += '.';
  for (std::size_t begin = 0, end = 0; (end = text.find('.', begin)) != text.npos;
       begin = end + 1) {
    std::string part = text.substr(begin, end - begin);
    std::ranges::replace(part, '-', '+');
    std::ranges::replace(part, '_', '/');
    part.append((4 - part.size() % 4) % 4, '=');
    parts.push_back(base64_decode(part).value_or("not base64url"));
  }
  return parts;
}

TEST(Assertion, OfAClientNamesItTwiceAndLivesForFiveMinutes) {
  const auto token = client_assertion(MirrorSigner("thumbprint"),
                                      {"app", "https://login.example/token", "id-1"}, kNow);
  ASSERT_TRUE(token);
  const auto parts = parts_of(*token);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0], R"({"alg":"PS256","typ":"JWT","x5t#S256":"dGh1bWJwcmludA"})");
  EXPECT_EQ(parts[1],
            R"({"iss":"app","sub":"app","aud":"https://login.example/token","jti":"id-1",)"
            R"("iat":1790000000,"nbf":1790000000,"exp":1790000300})");
  const std::string text(token->reveal());
  const std::string signed_part = text.substr(0, text.rfind('.'));
  EXPECT_EQ(parts[2], std::string(signed_part.rbegin(), signed_part.rend()));
}

TEST(Assertion, OfAServiceAccountNamesTheMailboxAndTheKey) {
  const auto token = service_account_assertion(MirrorSigner(""),
                                               {.issuer = "relay@project.example",
                                                .key_id = "k1",
                                                .subject = "erp@contoso.example",
                                                .scope = "https://mail.google.com/",
                                                .audience = "https://oauth2.example/token",
                                                .id = "id-1"},
                                               kNow);
  ASSERT_TRUE(token);
  const auto parts = parts_of(*token);
  EXPECT_EQ(parts[0], R"({"alg":"PS256","typ":"JWT","kid":"k1"})");
  EXPECT_EQ(parts[1], R"({"iss":"relay@project.example","sub":"erp@contoso.example",)"
                      R"("scope":"https://mail.google.com/","aud":"https://oauth2.example/token",)"
                      R"("jti":"id-1","iat":1790000000,"exp":1790000300})");
}

TEST(Assertion, ClaimsThatHoldQuotesStayClaims) {
  const auto token =
      client_assertion(MirrorSigner(""), {R"(a","sub":"root)", "https://x/", "i"}, kNow);
  EXPECT_TRUE(parts_of(*token)[1].starts_with(R"({"iss":"a\",\"sub\":\"root","sub":)"));
}

TEST(Assertion, RandomTextsAreLongAndDiffer) {
  simulation::Random chance(1);
  const Random random = [&] { return chance.next(); };
  const std::string one = random_text(random);
  EXPECT_EQ(one.size(), 43U);
  EXPECT_NE(one, random_text(random));
}

}  // namespace
}  // namespace truerelay::oauth
