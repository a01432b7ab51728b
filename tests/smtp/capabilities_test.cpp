#include "smtp/capabilities.h"

#include <gtest/gtest.h>

namespace truerelay::smtp {
namespace {

TEST(Capabilities, AreReadFromAnExchangeServersReply) {
  const Capabilities capabilities = parse_capabilities(
      Reply(250, {"AM0PR02CA0001.outlook.office365.com Hello [192.0.2.1]", "SIZE 157286400",
                  "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "AUTH LOGIN XOAUTH2", "8BITMIME",
                  "BINARYMIME", "CHUNKING", "SMTPUTF8"}));
  EXPECT_EQ(capabilities, (Capabilities{.eight_bit_mime = true,
                                        .smtp_utf8 = true,
                                        .dsn = true,
                                        .enhanced_status_codes = true,
                                        .pipelining = true,
                                        .chunking = true,
                                        .binary_mime = true,
                                        .starttls = false,
                                        .size_offered = true,
                                        .size = 157286400,
                                        .auth = {"LOGIN", "XOAUTH2"}}));
}

TEST(Capabilities, AreNotReadFromTheGreetingLine) {
  EXPECT_EQ(parse_capabilities(Reply(250, {"STARTTLS"})), Capabilities());
  EXPECT_EQ(parse_capabilities(Reply(250, std::vector<std::string>())), Capabilities());
}

TEST(Capabilities, PassOverWhatIsNotKnown) {
  EXPECT_EQ(parse_capabilities(Reply(250, {"x", "XXXXXXXA", "STARTTLSX", "", "LIMITS RCPTMAX=1"})),
            Capabilities());
}

TEST(Capabilities, AreKnownInAnyCase) {
  const Capabilities capabilities =
      parse_capabilities(Reply(250, {"x", "starttls", "Size 10", "auth plain"}));
  EXPECT_TRUE(capabilities.starttls);
  EXPECT_EQ(capabilities.size, 10U);
  EXPECT_TRUE(capabilities.offers_auth("Plain"));
}

TEST(Capabilities, TakeAuthInItsOldForm) {
  const Capabilities capabilities =
      parse_capabilities(Reply(250, {"x", "AUTH=LOGIN PLAIN", "AUTH  PLAIN  CRAM-MD5 "}));
  EXPECT_EQ(capabilities.auth, (std::vector<std::string>{"LOGIN", "PLAIN", "CRAM-MD5"}));
}

TEST(Capabilities, LeaveOutWhatIsNoMechanism) {
  const Capabilities capabilities =
      parse_capabilities(Reply(250, {"x", "AUTH PLAIN X\"Y ABCDEFGHIJKLMNOPQRSTU"}));
  EXPECT_EQ(capabilities.auth, (std::vector<std::string>{"PLAIN"}));
}

TEST(Capabilities, TakeAMalformedSizeAsOfferedWithoutLimit) {
  for (const char* line : {"SIZE", "SIZE 0", "SIZE x", "SIZE -1", "SIZE 99999999999999999999"}) {
    const Capabilities capabilities = parse_capabilities(Reply(250, {"x", line}));
    EXPECT_TRUE(capabilities.size_offered) << line;
    EXPECT_EQ(capabilities.size, 0U) << line;
  }
}

TEST(Capabilities, AreWrittenInAFixedOrderAndReadBackTheSame) {
  const Capabilities all{.eight_bit_mime = true,
                         .smtp_utf8 = true,
                         .dsn = true,
                         .enhanced_status_codes = true,
                         .pipelining = true,
                         .chunking = true,
                         .binary_mime = true,
                         .starttls = true,
                         .size_offered = true,
                         .size = 1000,
                         .auth = {"PLAIN", "LOGIN"}};
  std::vector<std::string> lines = capability_lines(all);
  EXPECT_EQ(lines, (std::vector<std::string>{"SIZE 1000", "PIPELINING", "8BITMIME", "SMTPUTF8",
                                             "DSN", "ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME",
                                             "STARTTLS", "AUTH PLAIN LOGIN"}));
  lines.insert(lines.begin(), "relay.example");
  EXPECT_EQ(parse_capabilities(Reply(250, lines)), all);
  EXPECT_TRUE(capability_lines(Capabilities()).empty());
}

}  // namespace
}  // namespace truerelay::smtp
