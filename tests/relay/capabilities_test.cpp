// What the relay says to EHLO and HELO.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

TEST(Hello, BeforeTheUpstreamHasSaidWhatItOffersOnlyWhatAlwaysHoldsIsOffered) {
  Scene scene(staged_setup());
  scene.staged.fall_silent_at("greeting");
  MailProgram erp(scene);
  EXPECT_EQ(erp.hear(), "220 relay.example ESMTP truerelay");
  EXPECT_EQ(erp.say("EHLO erp.example"),
            "250-relay.example greets erp.example\n"
            "250 PIPELINING");
}

TEST(Hello, TheConnectionThatIsOpenedForAClientTellsItsEhloWhatIsOffered) {
  Scene scene;
  MailProgram erp(scene);
  EXPECT_TRUE(holds(erp.introduce(), "\n250-8BITMIME\n"));
}

TEST(Hello, AfterTheFirstContactItOffersWhatTheUpstreamOffersAndTheRelayImplements) {
  Scene scene;
  scene.make_first_contact();
  MailProgram erp(scene);
  // The upstream offers CHUNKING and AUTH besides, which end here.
  EXPECT_EQ(erp.introduce(),
            "250-relay.example greets erp.example\n"
            "250-SIZE 36700160\n"
            "250-PIPELINING\n"
            "250-8BITMIME\n"
            "250-SMTPUTF8\n"
            "250-DSN\n"
            "250 ENHANCEDSTATUSCODES");
}

TEST(Hello, WhatTheUpstreamDoesNotOfferIsNotOffered) {
  Arrangement setup = staged_setup();
  Scene scene(std::move(setup));
  scene.staged.offer("8BITMIME\nSIZE 1000");
  scene.make_first_contact();
  MailProgram erp(scene);
  EXPECT_EQ(erp.introduce(),
            "250-relay.example greets erp.example\n"
            "250-SIZE 1000\n"
            "250-PIPELINING\n"
            "250 8BITMIME");
}

TEST(Hello, TheFirstContactIsReadyForAClientAndElseTakesLeaveInGoodOrder) {
  Scene scene;
  scene.make_first_contact();
  EXPECT_TRUE(scene.ledger.endings.empty());
  scene.pass(1min);
  ASSERT_EQ(scene.ledger.endings.size(), 1U);
  EXPECT_EQ(scene.ledger.endings[0], "QUIT");
  ASSERT_FALSE(scene.records.notes.empty());
  EXPECT_EQ(scene.records.notes.back().level, observe::Level::info);
  EXPECT_TRUE(holds(scene.records.notes.back().text, "is ready at"));
}

TEST(Hello, AFirstContactThatFailsIsTheAdministratorsToReadAndNoClientsLoss) {
  Arrangement setup = staged_setup();
  Scene scene(std::move(setup));
  scene.staged.answer("greeting", "554 5.7.1 Not from there");
  scene.make_first_contact();
  ASSERT_EQ(scene.records.notes.size(), 2U);  // That it has connected is the first.
  EXPECT_EQ(scene.records.notes[1].level, observe::Level::error);
  EXPECT_TRUE(holds(scene.records.notes[1].text, "5.7.1 Not from there"));
  MailProgram erp(scene);
  EXPECT_TRUE(starts(erp.introduce(), "250-relay.example greets"));
}

TEST(Hello, AClientThatKnowsOnlyHeloSendsAMessage) {
  Scene scene;
  MailProgram scanner(scene);
  scanner.hear();
  EXPECT_EQ(scanner.say("HELO scanner"), "250 relay.example greets scanner");
  EXPECT_TRUE(starts(scanner.deliver("office@example.net"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().body, kShortMessage);
  EXPECT_EQ(scene.record().helo, "scanner");
}

TEST(Hello, MailBeforeItIsRefused) {
  Scene scene;
  MailProgram erp(scene);
  erp.hear();
  EXPECT_EQ(erp.say("MAIL FROM:<erp@example.org>"), "503 5.5.1 Send EHLO or HELO first");
}

TEST(Hello, ASecondOneDropsTheTransaction) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  erp.say("EHLO erp.example");
  EXPECT_EQ(erp.say("RCPT TO:<b@example.net>"), "503 5.5.1 Send MAIL FROM first");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::abandoned);
}

TEST(Hello, AnUpstreamThatKnowsOnlyHeloTakesAMessage) {
  Scene scene(staged_setup());
  scene.staged.answer("EHLO", "502 5.5.1 What is that");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.flights,
            (std::vector<std::string>{"EHLO relay.example\n", "HELO relay.example\n",
                                      "MAIL FROM:<erp@example.org>\n", "RCPT TO:<a@example.net>\n",
                                      "DATA\n"}));
}

}  // namespace
}  // namespace truerelay::relay
