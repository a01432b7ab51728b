// Who is let in, and who is shown out.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(Admission, AClientThatIsNotOnTheAllowListHearsWhyInsteadOfAGreeting) {
  Scene scene;
  MailProgram stranger(scene, simulation::ipv4(192, 168, 1, 9));
  const std::string reply = stranger.hear();
  EXPECT_TRUE(starts(reply,
                     "554 5.7.1 192.168.1.9 may not use truerelay's listener \"erp\"; add "
                     "\"192.168.1.9\" to its \"allow\""));
  EXPECT_TRUE(stranger.hear(5s).empty());
  EXPECT_TRUE(stranger.cut_off());
  ASSERT_EQ(scene.records.sessions.size(), 1U);
  EXPECT_EQ(scene.records.sessions[0].reason, "the client is not on the allow list");
}

TEST(Admission, ClientsBeyondMaxClientsHear421AndARoomThatIsFreedIsGivenOut) {
  Arrangement setup;
  setup.listener.max_clients = 2;
  Scene scene(std::move(setup));
  MailProgram first(scene);
  {
    MailProgram second(scene);
    EXPECT_TRUE(starts(second.hear(), "220 "));
    MailProgram third(scene);
    EXPECT_EQ(third.hear(),
              "421 4.3.2 All client connections of listener \"erp\" are in use (\"max_clients\"); "
              "try later");
    EXPECT_TRUE(third.hear(5s).empty());
    EXPECT_TRUE(third.cut_off());
  }
  MailProgram fourth(scene);
  EXPECT_TRUE(starts(fourth.hear(), "220 "));
}

TEST(Admission, TooManyErrorsEndTheSessionWith421) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  for (int i = 1; i < 100; ++i) {
    ASSERT_TRUE(starts(erp.say("FROBNICATE", 1ms), "50"));
  }
  const std::string last = erp.say("FROBNICATE");
  EXPECT_TRUE(holds(last, "\n421 4.7.0 Too many errors; the connection is closed"));
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
}

TEST(Admission, TheUpstreamsRefusalsAreNoErrorsOfTheClient) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  for (int i = 0; i < 150; ++i) {
    ASSERT_TRUE(starts(erp.say("RCPT TO:<refuse-550@example.net>", 10ms), "550 5.1.1 "));
  }
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>"), "250 2.1.5 Recipient OK");
}

TEST(Admission, BdatIsRefusedAndClosedForItsOctetsMustNotBeTakenForCommands) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_EQ(erp.send("BDAT 29 LAST\r\nRCPT TO:<evil@example.com>\r\nx"),
            "502 5.5.1 BDAT is not offered here");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.ledger.recipients.size(), 1U);
}

TEST(Admission, AMalformedBdatIsClosedAsWell) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_TRUE(starts(erp.send("BDAT lots\r\nRCPT TO:<evil@example.com>\r\n"), "501 5.5.4 "));
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
  EXPECT_EQ(scene.ledger.recipients.size(), 1U);
}

TEST(Admission, ALineWithoutAnEndIsRefusedAndClosed) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.send(std::string(20'000, 'x')), "500 5.5.2 The command line is too long");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
}

TEST(Admission, AnHttpRequestIsNotTakenForMail) {
  Scene scene;
  MailProgram browser(scene);
  browser.hear();
  const std::string reply =
      browser.send("POST / HTTP/1.1\r\nHost: relay\r\n\r\nEHLO x\r\nMAIL FROM:<a@example.org>\r\n");
  EXPECT_TRUE(starts(reply, "500 5.5.2 This is an SMTP server, and that was an HTTP request"));
  EXPECT_FALSE(holds(reply, "250"));
  EXPECT_TRUE(browser.hear(5s).empty());
  EXPECT_TRUE(browser.cut_off());
}

TEST(Admission, ATlsHandshakeOnAPlaintextPortIsToldSo) {
  Scene scene;
  MailProgram client(scene);
  client.hear();
  EXPECT_TRUE(starts(client.send(std::string("\x16\x03\x01\x02\x00\x01", 6)),
                     "500 5.5.2 This is an SMTP server, and that was a TLS handshake"));
  EXPECT_TRUE(client.hear(5s).empty());
  EXPECT_TRUE(client.cut_off());
}

TEST(Admission, MoreRecipientsThanAMessageMayHaveHear452) {
  Scene scene(staged_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say("MAIL FROM:<erp@example.org>");
  std::string all;
  for (int i = 0; i < 2001; ++i) {
    all += "RCPT TO:<user" + std::to_string(i) + "@example.net>\r\n";
  }
  const std::string replies = erp.send(all, 1min);
  EXPECT_TRUE(replies.ends_with(
      "\n452 4.5.3 Too many recipients for one message; send the rest in another"));
  EXPECT_EQ(erp.say("DATA"), "354 Go ahead");
}

}  // namespace
}  // namespace truerelay::relay
