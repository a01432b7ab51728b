// Another upstream takes what the first one cannot, as long as no told answer becomes untrue.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kFine = "250 2.1.5 Recipient fine";
constexpr const char* kTakenByReserve =
    "250-2.0.0 Taken\n250 2.0.0 This was upstream reserve, the fallback of contoso";

class FallbackTest : public ::testing::Test {
 protected:
  std::unique_ptr<Scene> scene_with(Arrangement setup) {
    auto scene = std::make_unique<Scene>(std::move(setup));
    scene->network.set_plan(
        [this](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
          simulation::Attempt attempt;
          if ((endpoint.host == "mail.example" && first_is_down) ||
              (endpoint.host == "reserve.example" && reserve_is_down)) {
            attempt.answer = simulation::Attempt::Answer::refused;
          }
          return attempt;
        });
    return scene;
  }
  // What a client hears that comes, delivers and goes.
  static std::string deliver(Scene& scene) {
    MailProgram erp(scene);
    erp.introduce();
    const std::string reply = erp.deliver("a@example.net");
    erp.say("QUIT");
    return reply;
  }

  bool first_is_down = false;
  bool reserve_is_down = false;
};

TEST_F(FallbackTest, WhatCannotReachTheFirstUpstreamIsTakenByTheSecondAndReplyAndLogSaySo) {
  first_is_down = true;
  const auto scene = scene_with(fallback_setup());
  EXPECT_EQ(deliver(*scene), kTakenByReserve);
  EXPECT_EQ(scene->reserve.bodies.size(), 1U);
  EXPECT_EQ(scene->record().upstream, "reserve");
  EXPECT_EQ(scene->record().fallback_of, "contoso");
  EXPECT_EQ(scene->record().outcome, observe::Outcome::accepted);
  EXPECT_TRUE(
      scene->noted("contoso", "cannot be used, so its fallback reserve takes the messages"));
}

TEST_F(FallbackTest, WhileTheFirstWorksTheSecondIsLeftAlone) {
  const auto scene = scene_with(fallback_setup());
  EXPECT_EQ(deliver(*scene), "250 2.0.0 Taken");
  EXPECT_EQ(scene->record().upstream, "contoso");
  EXPECT_EQ(scene->record().fallback_of, "");
  EXPECT_EQ(scene->reserve.connections, 0U);
}

TEST_F(FallbackTest, TheFirstIsTriedAgainByAndByAndTakenAgain) {
  first_is_down = true;
  const auto scene = scene_with(fallback_setup());
  EXPECT_EQ(deliver(*scene), kTakenByReserve);
  const std::uint64_t attempts = scene->network.attempts();
  EXPECT_EQ(deliver(*scene), kTakenByReserve);
  EXPECT_EQ(scene->network.attempts(), attempts + 1) << "only the client's: it is not tried yet";
  scene->pass(15s);
  first_is_down = false;
  deliver(*scene);  // May still go to the second, while the first is tried.
  EXPECT_TRUE(scene->noted("contoso", "can be used again; its fallback reserve is not needed"));
  EXPECT_EQ(deliver(*scene), "250 2.0.0 Taken");
}

TEST_F(FallbackTest, ARefusedLoginCallsForItToo) {
  Arrangement setup;
  setup.has_fallback = true;
  setup.login.secret = "battery staple";
  const auto scene = scene_with(std::move(setup));
  EXPECT_EQ(deliver(*scene), kTakenByReserve);
}

TEST_F(FallbackTest, WhatTheFirstRefusesIsNotOfferedToTheSecond) {
  const auto scene = scene_with(fallback_setup());
  scene->staged.answer("RCPT", "550 5.1.1 Unknown");
  MailProgram erp(*scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), "550 5.1.1 Unknown");
  scene->staged.answer("RCPT", kFine);
  scene->staged.answer(".", "554 5.7.1 Spam");
  erp.say("RSET");
  EXPECT_EQ(erp.deliver("a@example.net"), "554 5.7.1 Spam");
  EXPECT_EQ(scene->reserve.connections, 0U);
}

TEST_F(FallbackTest, AFullBudgetIsWaitedForAndNoReasonToGoElsewhere) {
  Arrangement setup = fallback_setup();
  setup.upstream.max_connections = 1;
  const auto scene = scene_with(std::move(setup));
  MailProgram first(*scene);
  first.introduce();
  first.begin("a@example.net");
  MailProgram second(*scene);
  second.introduce();
  second.say("MAIL FROM:<erp@example.org>");
  EXPECT_TRUE(starts(second.say("RCPT TO:<b@example.net>", 31s), "451-4.3.2 "));
  EXPECT_EQ(scene->reserve.connections, 0U);
}

// --- After the first has answered something ---

TEST_F(FallbackTest, WhatTheClientWasToldMustStayTrueThere) {
  const auto scene = scene_with(fallback_setup());
  scene->reserve.answer("RCPT TO:<a@example.net>", "550 5.7.1 Not through here");
  MailProgram erp(*scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  first_is_down = true;
  scene->staged.hang_up();
  const std::string reply = erp.say("DATA");
  EXPECT_TRUE(starts(reply, "451-4.4.2 "));
  EXPECT_TRUE(holds(reply, "550 5.7.1 Not through here"));
  EXPECT_FALSE(scene->reserve.heard("DATA"));
}

TEST_F(FallbackTest, WhereItStaysTrueTheSecondTakesTheTransactionOver) {
  const auto scene = scene_with(fallback_setup());
  scene->staged.answer("RCPT TO:<x@example.net>", "550 5.1.1 Unknown");
  MailProgram erp(*scene);
  erp.introduce();
  EXPECT_EQ(erp.begin("a@example.net"), kFine);
  EXPECT_EQ(erp.say("RCPT TO:<x@example.net>"), "550 5.1.1 Unknown");
  first_is_down = true;
  scene->staged.hang_up();
  EXPECT_EQ(erp.say("DATA"), "354 Go ahead");
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"), kTakenByReserve);
  EXPECT_FALSE(scene->reserve.heard("RCPT TO:<x@example.net>")) << "the client was told no";
  EXPECT_EQ(scene->record().fallback_of, "contoso");
}

TEST_F(FallbackTest, ALossInMidContentMayEndThereAsWell) {
  const auto scene = scene_with(fallback_setup());
  MailProgram erp(*scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send("Subject: half\r\n");
  first_is_down = true;
  scene->staged.hang_up();
  EXPECT_EQ(erp.send("\r\nAnd the other half\r\n.\r\n"), kTakenByReserve);
  EXPECT_EQ(scene->reserve.bodies,
            (std::vector<std::string>{"Subject: half\r\n\r\nAnd the other half\r\n"}));
  EXPECT_TRUE(scene->staged.bodies.empty());
}

TEST_F(FallbackTest, AfterTheLastByteItIsNeverUsed) {
  const auto scene = scene_with(fallback_setup());
  scene->staged.hang_up_at(".");
  EXPECT_TRUE(starts(deliver(*scene), "451-4.4.2 Outcome unknown: upstream contoso"));
  scene->pass(1h);
  EXPECT_EQ(scene->reserve.connections, 0U);
}

// --- Both fail ---

TEST_F(FallbackTest, WhereBothFailTheFirstOnesReasonIsTold) {
  first_is_down = true;
  reserve_is_down = true;
  const auto scene = scene_with(fallback_setup());
  for (int i = 0; i < 2; ++i) {
    MailProgram erp(*scene);
    erp.introduce();
    const std::string reply = erp.begin("a@example.net");
    EXPECT_TRUE(starts(reply, "451-4.4.1 truerelay cannot reach upstream contoso"));
    EXPECT_TRUE(holds(reply, "Its fallback reserve failed as well: 451 4.4.1 "));
  }
}

TEST_F(FallbackTest, TheReasonIsTheTrueOneForLaterClientsToo) {
  reserve_is_down = true;
  Arrangement setup;
  setup.has_fallback = true;
  setup.login.secret = "battery staple";
  const auto scene = scene_with(std::move(setup));
  for (int i = 0; i < 2; ++i) {
    MailProgram erp(*scene);
    erp.introduce();
    const std::string reply = erp.begin("a@example.net");
    EXPECT_TRUE(starts(reply, "554-5.7.8 Upstream contoso (mail.example:587) refused the login"));
    EXPECT_TRUE(holds(reply, "Its fallback reserve failed as well"));
  }
}

// --- One connection of several fails ---

TEST_F(FallbackTest, AnUpstreamThatServesOnOtherConnectionsIsNotPutOutOfUse) {
  Arrangement setup = fallback_setup();
  setup.upstream.keep_warm = true;
  const auto scene = scene_with(std::move(setup));
  // What is opened when the second client connects, and twice for its message.
  for (const std::size_t connection : {2U, 3U, 4U}) {
    scene->staged.on_connection(connection).hang_up_at("greeting");
  }
  MailProgram first(*scene);
  first.introduce();
  first.begin("a@example.net");
  EXPECT_EQ(deliver(*scene), kTakenByReserve) << "this one could not have a connection";
  first.say("RSET");
  EXPECT_EQ(first.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_FALSE(scene->noted("contoso", "cannot be used"));
}

}  // namespace
}  // namespace truerelay::relay
