// Messages that are larger than the upstream takes (RFC 1870).

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kTooLarge =
    "552 5.3.4 The message is larger than the 1000 octets that may be sent here; nothing was "
    "sent";

Arrangement small_setup() {
  Arrangement setup = data_setup();
  setup.practice.largest_message = 1000;
  return setup;
}

std::string text_of_size(std::size_t size) {
  std::string text = "Subject: size\r\n\r\n";
  while (text.size() + 52 <= size) {
    text += std::string(50, 'x') + "\r\n";
  }
  return text + std::string(size - text.size() - 2, 'y') + "\r\n";
}

TEST(Size, ADeclaredSizeThatIsTooLargeIsRefusedAtMail) {
  Scene scene(small_setup());
  scene.make_first_contact();
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.say("MAIL FROM:<erp@example.org> SIZE=1001"), kTooLarge);
  EXPECT_EQ(scene.ledger.connections.size(), 1U) << "only the first contact";
  EXPECT_TRUE(starts(erp.say("MAIL FROM:<erp@example.org> SIZE=1000"), "250 "));
  EXPECT_EQ(erp.say("RCPT TO:<a@example.net>"), "250 2.1.5 Recipient OK");
}

TEST(Size, BeforeTheFirstContactTheUpstreamItselfIsAskedAndItsWordsArePassedOn) {
  Scene scene(small_setup());
  scene.network.set_plan([](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    attempt.conditions.to_client.latency = endpoint.host == "mail.example" ? 300ms : 1ms;
    return attempt;
  });
  MailProgram erp(scene);
  // At once, so that the upstream has not said yet what it offers.
  const std::string replies = erp.send(
      "EHLO erp.example\r\n"
      "MAIL FROM:<erp@example.org> SIZE=1001\r\n"
      "RCPT TO:<a@example.net>\r\n",
      5s);
  EXPECT_TRUE(holds(replies, "\n250 2.1.0 Sender noted"));
  const std::string reply = replies.substr(replies.rfind('\n') + 1);
  EXPECT_TRUE(starts(reply, "552 5.3.4 "));
  ASSERT_EQ(scene.ledger.senders.size(), 1U);
  EXPECT_EQ(reply, smtp::one_line(scene.ledger.senders[0]));
}

TEST(Size, AMessageThatTurnsOutTooLargeIsRefusedAfterItsDotAndNothingIsSent) {
  Scene scene(small_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(text_of_size(2000)), "") << "the client's turn ends with its dot";
  EXPECT_EQ(erp.send(text_of_size(2000) + ".\r\n"), kTooLarge);
  EXPECT_EQ(scene.message().fate, sandbox::MemoryLedger::Fate::abandoned);
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 ")) << "the session goes on";
}

TEST(Size, AMessageOfJustTheSizeIsTaken) {
  Scene scene(small_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_TRUE(starts(erp.send(text_of_size(1000) + ".\r\n"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().content.size, 1000U);
}

TEST(Size, OneOctetMoreIsTooLarge) {
  Scene scene(small_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(text_of_size(1001) + ".\r\n"), kTooLarge);
}

TEST(Size, DotsThatAreStuffedDoNotCount) {
  Scene scene(small_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  std::string wire;
  for (int i = 0; i < 250; ++i) {
    wire += "..x\r\n";  // Four octets of the message each.
  }
  EXPECT_TRUE(starts(erp.send(wire + ".\r\n"), "250 2.6.0 "));
  EXPECT_EQ(scene.message().content.size, 1000U);
}

TEST(Size, WhereTheUpstreamNamesNoLimitTheListenersHolds) {
  Arrangement setup = staged_setup();
  setup.listener.max_message_size = 1000;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.say("MAIL FROM:<erp@example.org> SIZE=1001"), "552 5.3.4 "));
  erp.begin_data("a@example.net");
  EXPECT_TRUE(starts(erp.send(text_of_size(1001) + ".\r\n"), "552 5.3.4 "));
  EXPECT_TRUE(scene.staged.bodies.empty());
}

TEST(Size, AClientThatGoesOnForEverWithARefusedMessageHearsWhyAndIsCutOff) {
  Scene scene(small_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  const std::string block = text_of_size(1024 * 1024);
  std::string reply;
  int sent = 0;
  for (; sent < 100 && reply.empty(); ++sent) {
    reply = erp.send(block);
  }
  EXPECT_EQ(reply, kTooLarge);
  EXPECT_GT(sent, 60);
  EXPECT_LT(sent, 70);
}

}  // namespace
}  // namespace truerelay::relay
