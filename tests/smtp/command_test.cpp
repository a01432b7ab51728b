#include "smtp/command.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/smtp/parsed.h"

namespace truerelay::smtp::test {
namespace {

TEST(Command, GreetsWithItsName) {
  const auto ehlo = parsed<Hello>("EHLO erp_01.example\r\n");
  ASSERT_TRUE(ehlo);
  EXPECT_TRUE(ehlo->extended);
  EXPECT_EQ(ehlo->domain, "erp_01.example");
  const auto helo = parsed<Hello>("helo  [192.0.2.1]  \r\n");
  ASSERT_TRUE(helo);
  EXPECT_FALSE(helo->extended);
  EXPECT_EQ(helo->domain, "[192.0.2.1]");
}

TEST(Command, NeedsANameToGreet) {
  for (const char* line : {"HELO\r\n", "EHLO\r\n", "EHLO  \r\n"}) {
    EXPECT_EQ(refusal(line), "501 5.5.4") << line;
  }
  EXPECT_EQ(refusal("EHLO " + std::string(256, 'x') + "\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("EHLO b\xC3\xBCro\r\n"), "501 5.5.4");
}

TEST(Command, TakesSmallLettersAndSpacesAtTheEnd) {
  for (const char* line : {"DATA\r\n", "data\r\n", "Data  \r\n"}) {
    EXPECT_TRUE(parsed<Data>(line)) << line;
  }
}

TEST(Command, RefusesALineThatEndsWithABareLf) {
  EXPECT_EQ(refusal("DATA\n"), "500 5.5.2");
  EXPECT_EQ(refusal("MAIL FROM:<a@x>\n"), "500 5.5.2");
}

TEST(Command, TakesTheCommandsWithoutArguments) {
  EXPECT_TRUE(parsed<Reset>("RSET\r\n"));
  EXPECT_TRUE(parsed<Quit>("QUIT\r\n"));
  EXPECT_TRUE(parsed<StartTls>("STARTTLS\r\n"));
  for (const char* line : {"DATA x\r\n", "RSET x\r\n", "QUIT x\r\n", "STARTTLS foo\r\n"}) {
    EXPECT_EQ(refusal(line), "501 5.5.4") << line;
  }
}

TEST(Command, TakesTheCommandsWithAnyArgument) {
  EXPECT_TRUE(parsed<Noop>("NOOP\r\n"));
  EXPECT_TRUE(parsed<Noop>("NOOP keep alive\r\n"));
  EXPECT_TRUE(parsed<Verify>("VRFY a\r\n"));
  EXPECT_TRUE(parsed<Expand>("EXPN list\r\n"));
  EXPECT_TRUE(parsed<Help>("HELP\r\n"));
  EXPECT_TRUE(parsed<Help>("HELP MAIL\r\n"));
}

TEST(Command, TakesAuth) {
  const auto alone = parsed<Auth>("auth login\r\n");
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->mechanism, "LOGIN");
  EXPECT_EQ(alone->initial_response, std::nullopt);
  const auto with_response = parsed<Auth>("AUTH PLAIN  AGEAYg==\r\n");
  ASSERT_TRUE(with_response);
  EXPECT_EQ(with_response->initial_response, "AGEAYg==");
  const auto empty = parsed<Auth>("AUTH EXTERNAL =\r\n");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->initial_response, "");
}

TEST(Command, RefusesAMalformedAuthAndQuotesNothingOfIt) {
  EXPECT_EQ(refusal("AUTH\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("AUTH PL*IN\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("AUTH PLAIN AGEAYg== x\r\n"), "501 5.5.4");
  for (const char* response : {"AGEAYg", "AGE=AYg=", "A===", "====", "AGEAYg=*", "==", "hunter2"}) {
    const std::string text = refusal_text("AUTH PLAIN " + std::string(response) + "\r\n");
    EXPECT_TRUE(text.starts_with("501 5.5.2 ")) << response;
    EXPECT_FALSE(text.contains(response)) << response;
  }
}

TEST(Command, NamesAnUnknownVerb) {
  EXPECT_EQ(refusal_text("BOGUS x\r\n"), "500 5.5.2 Command not recognised: BOGUS");
  EXPECT_EQ(refusal("\r\n"), "500 5.5.2");
  EXPECT_EQ(refusal(""), "500 5.5.2");
  EXPECT_EQ(refusal(" NOOP\r\n"), "500 5.5.2");
}

// A client that goes on with AUTH LOGIN after its refusal sends these as commands.
TEST(Command, DoesNotQuoteWhatMayBeASecret) {
  for (const char* line : {"aHVudGVy\r\n", "cGFzcw==\r\n", "hunter2\r\n", "*\r\n"}) {
    EXPECT_EQ(refusal_text(line), "500 5.5.2 Command not recognised") << line;
  }
}

// The attack list, section 8: command lines without bound.
TEST(AttackListSection8, LongLinesAreRefusedAndAuthMayBeLonger) {
  EXPECT_TRUE(parsed<Noop>("NOOP " + std::string(2041, 'x') + "\r\n"));
  EXPECT_EQ(refusal("NOOP " + std::string(2042, 'x') + "\r\n"), "500 5.5.2");
  EXPECT_EQ(refusal(std::string(65536, 'x') + "\r\n"), "500 5.5.2");
  EXPECT_EQ(refusal("EHLO " + std::string(65536, 'x') + "\r\n"), "500 5.5.2");
  EXPECT_TRUE(parsed<Auth>("AUTH PLAIN " + std::string(12272, 'A') + "\r\n"));
  EXPECT_EQ(refusal("AUTH PLAIN " + std::string(12276, 'A') + "\r\n"), "500 5.5.2");
}

// The attack list, section 3.
TEST(AttackListSection3, ABdatIsTakenWithItsSize) {
  const auto last = parsed<Bdat>("BDAT 60 LAST\r\n");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->size, 60U);
  EXPECT_TRUE(last->last);
  const auto zeros = parsed<Bdat>("bdat 00000000010\r\n");
  ASSERT_TRUE(zeros);
  EXPECT_EQ(zeros->size, 10U);
  EXPECT_FALSE(zeros->last);
  const auto none = parsed<Bdat>("BDAT 0  last\r\n");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->size, 0U);
  EXPECT_TRUE(none->last);
  const auto most = parsed<Bdat>("BDAT 18446744073709551615\r\n");
  ASSERT_TRUE(most);
  EXPECT_EQ(most->size, UINT64_MAX);
}

TEST(AttackListSection3, AMalformedBdatIsRefused) {
  for (const char* line : {"BDAT\r\n", "BDAT -1\r\n", "BDAT +5\r\n",
                           "BDAT 18446744073709551616\r\n", "BDAT 5 LAST X\r\n", "BDAT 5 FIRST\r\n",
                           "BDAT LAST\r\n", "BDAT 0x10\r\n", "BDAT 5,LAST\r\n"}) {
    EXPECT_EQ(refusal(line), "501 5.5.4") << line;
  }
}

}  // namespace
}  // namespace truerelay::smtp::test
