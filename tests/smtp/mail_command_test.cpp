#include <gtest/gtest.h>

#include <string>

#include "tests/smtp/parsed.h"

namespace truerelay::smtp::test {
namespace {

const Capabilities kEverything{
    .eight_bit_mime = true, .smtp_utf8 = true, .dsn = true, .size_offered = true};

// How the command leaves for an upstream that offers everything.
std::string rewritten(std::string_view line, const Capabilities& upstream = kEverything) {
  const auto mail = parsed<Mail>(line);
  return mail ? serialize(*mail, upstream) : "";
}

TEST(MailCommand, TakesItsParameters) {
  const auto mail = parsed<Mail>(
      "MAIL FROM:<a@x> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb AUTH=<>\r\n");
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->reverse_path, (Path{"a", "x"}));
  EXPECT_EQ(mail->size, 1000U);
  EXPECT_EQ(mail->body, Body::eight_bit_mime);
  EXPECT_TRUE(mail->smtp_utf8);
  EXPECT_EQ(mail->ret, Return::headers);
  EXPECT_EQ(mail->envid, "a+b");
}

TEST(MailCommand, TakesWhatOldDevicesSend) {
  for (const char* line : {"MAIL FROM:<a@x>\r\n", "mail from:<a@x>\r\n", "MAIL FROM: <a@x>\r\n",
                           "MAIL FROM:   <a@x>  \r\n", "MAIL FROM:a@x\r\n", "MAIL FROM: a@x\r\n",
                           "MAIL  FROM : <a@x>\r\n", "Mail From:<@relay:a@x>\r\n"}) {
    EXPECT_EQ(rewritten(line), "MAIL FROM:<a@x>\r\n") << line;
  }
  EXPECT_EQ(rewritten("MAIL FROM:<>\r\n"), "MAIL FROM:<>\r\n");
  EXPECT_EQ(rewritten("MAIL FROM:a@x   size=5   body=7bit \r\n"),
            "MAIL FROM:<a@x> SIZE=5 BODY=7BIT\r\n");
}

TEST(MailCommand, NeedsItsPath) {
  for (const char* line :
       {"MAIL\r\n", "MAIL <a@x>\r\n", "MAIL FROM <a@x>\r\n", "MAIL TO:<a@x>\r\n"}) {
    EXPECT_EQ(refusal(line), "501 5.5.4") << line;
  }
  EXPECT_EQ(refusal("MAIL FROM:\r\n"), "501 5.1.7");
  EXPECT_EQ(refusal("MAIL FROM:<a>\r\n"), "501 5.1.7");
}

TEST(MailCommand, IsWrittenAgainFromItsValues) {
  EXPECT_EQ(rewritten("mail from:<\"a b\"@x> auth=b@y envid=q ret=full smtputf8 body=8bitmime "
                      "size=007\r\n"),
            "MAIL FROM:<\"a b\"@x> SIZE=7 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=q\r\n");
  EXPECT_EQ(rewritten("MAIL FROM:<a@x> ENVID=+61+20+2B+3D\r\n"),
            "MAIL FROM:<a@x> ENVID=a+20+2B+3D\r\n");
}

TEST(MailCommand, KeepsJustTheParametersThatTheUpstreamOffers) {
  const char* line = "MAIL FROM:<a@x> SIZE=7 BODY=7BIT SMTPUTF8 RET=FULL ENVID=q\r\n";
  EXPECT_EQ(rewritten(line, {}), "MAIL FROM:<a@x>\r\n");
  EXPECT_EQ(rewritten(line, {.eight_bit_mime = true}), "MAIL FROM:<a@x> BODY=7BIT\r\n");
  EXPECT_EQ(rewritten(line, {.smtp_utf8 = true}), "MAIL FROM:<a@x> SMTPUTF8\r\n");
  EXPECT_EQ(rewritten(line, {.dsn = true}), "MAIL FROM:<a@x> RET=FULL ENVID=q\r\n");
  EXPECT_EQ(rewritten(line, {.size_offered = true}), "MAIL FROM:<a@x> SIZE=7\r\n");
}

TEST(MailCommand, RefusesASizeBeyondAllBounds) {
  const auto mail = parsed<Mail>("MAIL FROM:<a@x> SIZE=18446744073709551615\r\n");
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->size, UINT64_MAX);
  EXPECT_EQ(refusal("MAIL FROM:<a@x> SIZE=18446744073709551616\r\n"), "552 5.3.4");
  EXPECT_EQ(refusal("MAIL FROM:<a@x> SIZE=99999999999999999999\r\n"), "552 5.3.4");
  EXPECT_EQ(refusal("MAIL FROM:<a@x> SIZE=999999999999999999999\r\n"), "501 5.5.4");
}

TEST(MailCommand, RefusesMalformedValues) {
  for (const char* parameters :
       {"SIZE",    "SIZE=",           "SIZE=-1",          "SIZE=+1",      "SIZE=1k",
        "BODY",    "BODY=BINARYMIME", "BODY=9BIT",        "SMTPUTF8=1",   "RET",
        "RET=ALL", "ENVID",           "ENVID=+0D",        "ENVID=+C3+A4", "ENVID=+2",
        "AUTH",    "AUTH=+2",         "SIZE=1=2",         "=1",           "-X=1",
        "SI_ZE=1", "SIZE=\xC3\xA4",   "SIZE=1,BODY=7BIT", "X=\xC3\xA4",   "X=\x01",
        "X=\x7F"}) {
    EXPECT_EQ(refusal("MAIL FROM:<a@x> " + std::string(parameters) + "\r\n"), "501 5.5.4")
        << parameters;
  }
  EXPECT_EQ(refusal("MAIL FROM:<a@x> ENVID=" + std::string(101, 'e') + "\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("MAIL FROM:<a@x> ENVID=" + std::string(100, 'e') + "\r\n"), "taken");
}

TEST(MailCommand, RefusesAParameterThatComesTwice) {
  EXPECT_EQ(refusal_text("MAIL FROM:<a@x> SIZE=1 size=2\r\n"),
            "501 5.5.4 The parameter size comes twice");
}

TEST(MailCommand, NamesAParameterThatItDoesNotKnow) {
  EXPECT_EQ(refusal_text("MAIL FROM:<a@x> HOLDFOR=60\r\n"),
            "555 5.5.4 The parameter HOLDFOR is not known here");
  EXPECT_EQ(refusal("MAIL FROM:<a@x> NOTIFY=NEVER\r\n"), "555 5.5.4");
  const std::string text = refusal_text("MAIL FROM:<a@x> " + std::string(1000, 'X') + "\r\n");
  EXPECT_TRUE(text.starts_with("555 5.5.4 "));
  EXPECT_LT(text.size(), 120U);
}

}  // namespace
}  // namespace truerelay::smtp::test
