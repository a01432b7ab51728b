// Clients that wait for a connection, because there are no more of them or messages go too fast.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kFine = "250 2.1.5 Recipient fine";
constexpr const char* kSender = "MAIL FROM:<erp@example.org>";

Arrangement narrow_setup(unsigned connections) {
  Arrangement setup = staged_setup();
  setup.upstream.max_connections = connections;
  return setup;
}

// The recipients that the upstream heard of, in order.
std::string recipients(const Scene& scene) {
  std::string all;
  for (const std::string& flight : scene.staged.flights) {
    for (std::size_t at = flight.find("RCPT TO:<"); at != std::string::npos;
         at = flight.find("RCPT TO:<", at + 1)) {
      const std::size_t begin = at + 9;
      all += (all.empty() ? "" : " ") + flight.substr(begin, flight.find('@', at) - begin);
    }
  }
  return all;
}

// A client that wants one answer to one recipient and then goes.
void want(MailProgram& client, const std::string& recipient) {
  client.send("EHLO client.example\r\n" + std::string(kSender) + "\r\nRCPT TO:<" + recipient +
                  "@example.net>\r\nRSET\r\n",
              10ms);
}

TEST(Turns, ThereAreNeverMoreThanMaxConnectionsAndTheNextClientWaits) {
  Scene scene(narrow_setup(2));
  MailProgram first(scene);
  MailProgram second(scene);
  MailProgram third(scene);
  for (MailProgram* each : {&first, &second, &third}) {
    each->introduce();
    each->say(kSender);
  }
  EXPECT_EQ(first.say("RCPT TO:<a@example.net>"), kFine);
  EXPECT_EQ(second.say("RCPT TO:<b@example.net>"), kFine);
  EXPECT_EQ(third.say("RCPT TO:<c@example.net>", 20s), "");
  second.say("DATA");
  EXPECT_EQ(second.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(third.hear(), kFine);
  EXPECT_EQ(scene.staged.most_at_once, 2U);
  EXPECT_EQ(scene.staged.connections, 2U);
}

TEST(Turns, WhoWaitsIsServedInOrderOfArrival) {
  Scene scene(narrow_setup(1));
  MailProgram first(scene);
  first.introduce();
  first.begin("first@example.net");
  MailProgram second(scene);
  MailProgram third(scene);
  MailProgram fourth(scene);
  want(third, "b");
  want(second, "c");
  want(fourth, "d");
  first.say("RSET");
  scene.pass(1s);
  EXPECT_EQ(recipients(scene), "first b c d");
  EXPECT_EQ(scene.staged.most_at_once, 1U);
}

TEST(Turns, APatienceThatIsOverIs451AndSaysSo) {
  Scene scene(narrow_setup(1));
  MailProgram first(scene);
  first.introduce();
  first.begin("a@example.net");
  MailProgram second(scene);
  second.introduce();
  second.say(kSender);
  EXPECT_EQ(second.say("RCPT TO:<b@example.net>", 29s), "");
  const std::string reply = second.hear(2s);
  EXPECT_TRUE(starts(reply,
                     "451-4.3.2 Upstream contoso (mail.example:587) takes no more messages of this "
                     "login just now: this client waited 30 s for its turn (\"patience\")"));
  EXPECT_TRUE(holds(reply, "Nothing was sent, try again"));
  EXPECT_TRUE(holds(reply, "\"max_connections\""));
  EXPECT_EQ(second.say("DATA"),
            "554 5.5.1 No recipient was accepted, so there is nobody to send to");
  first.say("DATA");
  EXPECT_EQ(first.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  second.say("RSET");
  EXPECT_EQ(second.deliver("b@example.net"), "250 2.0.0 Taken") << "now there is room";
}

TEST(Turns, AClientThatLeavesWhileItWaitsIsPassedOver) {
  Scene scene(narrow_setup(1));
  MailProgram first(scene);
  first.introduce();
  first.begin("first@example.net");
  MailProgram second(scene);
  MailProgram third(scene);
  for (MailProgram* each : {&second, &third}) {
    each->introduce();
    each->say(kSender);
  }
  second.say("RCPT TO:<b@example.net>");
  third.say("RCPT TO:<c@example.net>");
  second.hang_up();
  first.say("RSET");
  EXPECT_EQ(third.hear(), kFine);
  EXPECT_EQ(recipients(scene), "first c");
}

TEST(Turns, OneDocumentOfAListenerIsNotStarvedByTheManyOfAnother) {
  Arrangement setup = narrow_setup(1);
  setup.more_listeners.push_back(setup.listener);
  setup.more_listeners[0].name = "reports";
  Scene scene(std::move(setup));
  MailProgram first(scene);
  first.introduce();
  first.begin("first@example.net");
  std::vector<std::unique_ptr<MailProgram>> crowd;
  for (int i = 0; i < 50; ++i) {
    crowd.push_back(std::make_unique<MailProgram>(scene));
    want(*crowd.back(), "e");
  }
  MailProgram one(scene, simulation::ipv4(127, 0, 0, 1), 2526);
  want(one, "report");
  first.say("RSET");
  scene.pass(1s);
  EXPECT_TRUE(starts(recipients(scene), "first e report e e e "));
}

TEST(Turns, BeyondTheRateAMessageWaitsUntilAnOlderOneIsAMinuteOld) {
  Arrangement setup = staged_setup();
  setup.upstream.rate_per_minute = 2;
  setup.upstream.patience = 90s;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  erp.say(kSender);
  EXPECT_EQ(erp.say("RCPT TO:<c@example.net>", 45s), "") << "eight seconds of the minute are over";
  EXPECT_EQ(erp.hear(15s), kFine);
}

TEST(Turns, BeyondTheRateAClientWithLessPatienceHears451) {
  Arrangement setup = staged_setup();
  setup.upstream.rate_per_minute = 1;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  erp.say(kSender);
  const std::string reply = erp.say("RCPT TO:<b@example.net>", 31s);
  EXPECT_TRUE(starts(reply, "451-4.3.2 ")) << reply;
  EXPECT_TRUE(holds(reply,
                    "this client waited 30 s for its turn (\"patience\"), and the next one "
                    "may begin in 2"))
      << reply;
  EXPECT_EQ(scene.staged.times("MAIL"), 1U);
}

// An upstream that takes fewer connections than are configured is not asked for more at once.
TEST(Turns, WhereTheUpstreamTakesNoSecondConnectionTheFirstIsWaitedFor) {
  Scene scene(staged_setup());
  scene.staged.on_connection(2).answer("greeting", "421 4.7.0 Too many connections from you");
  MailProgram first(scene);
  first.introduce();
  first.begin("a@example.net");
  MailProgram second(scene);
  second.introduce();
  second.say(kSender);
  EXPECT_EQ(second.say("RCPT TO:<b@example.net>", 5s), "");
  first.say("RSET");
  EXPECT_EQ(second.hear(), kFine);
  EXPECT_EQ(scene.staged.connections, 2U);
}

}  // namespace
}  // namespace truerelay::relay
