#include <gtest/gtest.h>

#include <string>

#include "tests/smtp/parsed.h"

namespace truerelay::smtp::test {
namespace {

std::string rewritten(std::string_view line, const Capabilities& upstream = {.dsn = true}) {
  const auto recipient = parsed<Recipient>(line);
  return recipient ? serialize(*recipient, upstream) : "";
}

TEST(RecipientCommand, TakesItsParameters) {
  const auto recipient =
      parsed<Recipient>("RCPT TO:<b@y> NOTIFY=success,Delay ORCPT=rfc822;a+2Bb@x\r\n");
  ASSERT_TRUE(recipient);
  EXPECT_EQ(recipient->forward_path, (Path{"b", "y"}));
  EXPECT_EQ(recipient->notify, (std::vector<std::string>{"SUCCESS", "DELAY"}));
  EXPECT_EQ(recipient->orcpt_type, "rfc822");
  EXPECT_EQ(recipient->orcpt_address, "a+2Bb@x");
}

TEST(RecipientCommand, TakesWhatOldDevicesSend) {
  for (const char* line : {"RCPT TO:<b@y>\r\n", "rcpt to: b@y \r\n", "RCPT TO :  <b@y>\r\n"}) {
    EXPECT_EQ(rewritten(line), "RCPT TO:<b@y>\r\n") << line;
  }
  EXPECT_EQ(rewritten("RCPT TO:<postmaster>\r\n"), "RCPT TO:<postmaster>\r\n");
}

TEST(RecipientCommand, KeepsItsParametersWhereTheUpstreamOffersDsn) {
  const char* line = "RCPT TO:<b@y> ORCPT=rfc822;b@y NOTIFY=FAILURE,SUCCESS\r\n";
  EXPECT_EQ(rewritten(line), "RCPT TO:<b@y> NOTIFY=FAILURE,SUCCESS ORCPT=rfc822;b@y\r\n");
  EXPECT_EQ(rewritten(line, {}), "RCPT TO:<b@y>\r\n");
}

TEST(RecipientCommand, RefusesMalformedValues) {
  for (const char* parameters :
       {"NOTIFY", "NOTIFY=", "NOTIFY=ALWAYS", "NOTIFY=SUCCESS,", "NOTIFY=,SUCCESS",
        "NOTIFY=NEVER,SUCCESS", "NOTIFY=SUCCESS,NEVER", "NOTIFY=DELAY,delay", "NOTIFY=NEVER,NEVER",
        "ORCPT", "ORCPT=a@x", "ORCPT=;a@x", "ORCPT=rfc822;", "ORCPT=rfc822;+", "ORCPT=rfc822;a=b",
        "ORCPT=rf_c;a@x", "NOTIFY=NEVER NOTIFY=NEVER"}) {
    EXPECT_EQ(refusal("RCPT TO:<b@y> " + std::string(parameters) + "\r\n"), "501 5.5.4")
        << parameters;
  }
  EXPECT_EQ(refusal("RCPT TO:<b@y> ORCPT=rfc822;" + std::string(494, 'a') + "\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("RCPT TO:<b@y> ORCPT=rfc822;" + std::string(493, 'a') + "\r\n"), "taken");
}

TEST(RecipientCommand, NamesAParameterThatItDoesNotKnow) {
  EXPECT_EQ(refusal_text("RCPT TO:<b@y> SIZE=1\r\n"),
            "555 5.5.4 The parameter SIZE is not known here");
}

TEST(RecipientCommand, NeedsItsPath) {
  EXPECT_EQ(refusal("RCPT\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("RCPT FROM:<b@y>\r\n"), "501 5.5.4");
  EXPECT_EQ(refusal("RCPT TO:\r\n"), "501 5.1.3");
  EXPECT_EQ(refusal("RCPT TO:<>\r\n"), "501 5.1.3");
}

}  // namespace
}  // namespace truerelay::smtp::test
