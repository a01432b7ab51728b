// BDAT towards an upstream that offers CHUNKING (RFC 3030), and the way back to DATA.

#include <algorithm>

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

using Flights = std::vector<std::string>;

constexpr std::size_t kSmallestChunk = 16 * 1024;
constexpr const char* kOwn354 = "354 Send the message, ending with a line of one dot";

void take_chunks(Scene& scene) { scene.staged.offer(kOffersChunks); }

std::string text_of_size(std::size_t size) {
  std::string text = "Subject: chunks\r\n\r\n";
  for (std::size_t i = 0; text.size() < size; ++i) {
    text += "Line " + std::to_string(i) + " of a message that goes in chunks.\r\n";
  }
  return text;
}

TEST(Chunks, ASmallMessageIsOneLastChunkInOneFlight) {
  Scene scene(staged_setup());
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin_data("a@example.net"), kOwn354);
  EXPECT_EQ(erp.send(std::string(kShortMessage) + ".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.flights,
            (Flights{"EHLO relay.example\n",
                     "MAIL FROM:<erp@example.org>\nRCPT TO:<a@example.net>\n", "BDAT 36 LAST\n"}));
  EXPECT_EQ(scene.staged.bodies, (Flights{std::string(kShortMessage)}));
}

TEST(Chunks, NothingIsSentBeforeTheEndOfASmallMessage) {
  Scene scene(staged_setup());
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(std::string(kShortMessage));
  EXPECT_FALSE(scene.staged.heard("BDAT"));
  erp.hang_up();
  scene.pass(1min);
  EXPECT_FALSE(scene.staged.heard("BDAT"));
  EXPECT_EQ(scene.record().outcome, observe::Outcome::abandoned);
}

TEST(Chunks, DotsAreNotStuffed) {
  Scene scene(staged_setup());
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send("Subject: x\r\n\r\n..\r\n..dot\r\n.\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.bodies, (Flights{"Subject: x\r\n\r\n.\r\n.dot\r\n"}));
}

TEST(Chunks, AnEmptyMessageIsAnEmptyLastChunk) {
  Scene scene(staged_setup());
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(".\r\n"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.flights.back(), "BDAT 0 LAST\n");
}

TEST(Chunks, ABigMessageGoesInBigChunksWhileTheClientIsStillSending) {
  Scene scene(staged_setup());
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  const std::string message = text_of_size(1'000'000);
  EXPECT_EQ(erp.send(message.substr(0, 500'000)), "");
  EXPECT_GE(scene.staged.chunks.size(), 2U) << "the client has not sent its dot";
  EXPECT_EQ(erp.send(message.substr(500'000) + ".\r\n"), "250 2.0.0 Taken");
  ASSERT_EQ(scene.staged.bodies.size(), 1U);
  EXPECT_TRUE(scene.staged.bodies[0] == message);
  const std::vector<std::size_t>& chunks = scene.staged.chunks;
  EXPECT_TRUE(std::all_of(chunks.begin(), chunks.end() - 1,
                          [](std::size_t size) { return size >= kSmallestChunk; }));
}

TEST(Chunks, SeveralAreUnderWayBeforeTheFirstIsAnswered) {
  Scene scene(staged_setup());
  take_chunks(scene);
  scene.staged.fall_silent_at("BDAT");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(text_of_size(400'000));
  EXPECT_GE(scene.staged.chunks.size(), 3U);
  erp.hang_up();
  EXPECT_TRUE(scene.staged.bodies.empty());
}

TEST(Chunks, AClientThatLeavesInTheMiddleHasSentNothing) {
  Scene scene(staged_setup());
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  erp.send(text_of_size(100'000));
  EXPECT_TRUE(scene.staged.heard("BDAT"));
  erp.hang_up();
  EXPECT_EQ(scene.staged.sessions(), 0U) << "only the end of the connection takes chunks back";
  EXPECT_TRUE(scene.staged.bodies.empty());
  EXPECT_EQ(scene.record().outcome, observe::Outcome::abandoned);
}

TEST(Chunks, AChunkRefusedEarlyIsTheReplyInThePlaceOfTheFinalOne) {
  Scene scene(staged_setup());
  take_chunks(scene);
  scene.staged.answer_once("BDAT", "550 5.7.1 Looks like spam");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(text_of_size(100'000)), "") << "the client's turn ends with its dot";
  EXPECT_EQ(erp.send(text_of_size(100'000) + ".\r\n"), "550 5.7.1 Looks like spam");
  EXPECT_TRUE(scene.staged.bodies.empty());
  EXPECT_EQ(scene.record().outcome, observe::Outcome::refused);
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken") << "the session goes on";
}

TEST(Chunks, ARefusedLastChunkLeavesTheTransactionOpenWhichIsReset) {
  Scene scene(staged_setup());
  take_chunks(scene);
  scene.staged.answer_once("LAST", "550 5.7.1 Looks like spam");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "550 5.7.1 Looks like spam");
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.times("RSET"), 1U);
  EXPECT_EQ(scene.staged.connections, 1U);
}

// --- The way back to DATA ---

// How the first message fares whose last chunk is answered so; the next ones get DATA for a day.
void expect_way_back(const std::string& refusal) {
  Scene scene(staged_setup());
  take_chunks(scene);
  scene.staged.on_connection(1).answer("LAST", refusal);
  {
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
    EXPECT_EQ(scene.staged.connections, 2U) << "the first may take the octets for commands";
    EXPECT_EQ(scene.staged.times("BDAT"), 1U);
    EXPECT_EQ(scene.staged.times("DATA"), 1U);
    EXPECT_EQ(scene.staged.bodies.back(), kShortMessage);
    EXPECT_EQ(scene.record().repairs, 1U);
    EXPECT_TRUE(scene.noted("contoso", "it said " + refusal));
    EXPECT_TRUE(scene.noted("contoso",
                            "so it gets DATA for a day; chunking = \"off\" in "
                            "upstreams/contoso.toml makes that lasting"));
    EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
    EXPECT_EQ(scene.staged.times("DATA"), 2U);
  }
  scene.pass(23h);
  {
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_EQ(erp.begin_data("c@example.net"), "354 Go ahead");
  }
  scene.pass(1h);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.begin_data("d@example.net"), kOwn354) << "a day is over";
}

TEST(Chunks, WhereBdatItselfIsRefusedTheSameMessageGoesWithDataForADay) {
  expect_way_back("502 5.5.1 Command not implemented");
}

TEST(Chunks, WhereTheHeaderSizeIsCountedWronglyAcrossChunksLikewise) {
  expect_way_back("552 5.3.4 Header size exceeds fixed maximum size");
}

TEST(Chunks, AMessageThatIsTooLargeForTheUpstreamIsNoFaultOfTheChunks) {
  Scene scene(staged_setup());
  take_chunks(scene);
  scene.staged.answer("LAST", "552 5.3.4 Message size exceeds fixed maximum message size");
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"),
            "552 5.3.4 Message size exceeds fixed maximum message size");
  EXPECT_FALSE(scene.staged.heard("DATA"));
}

TEST(Chunks, BeyondTheReplayBufferARefusalOfBdatIsAnHonest451) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 1000;
  Scene scene(std::move(setup));
  take_chunks(scene);
  scene.staged.answer("BDAT", "500 5.5.1 What is BDAT");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(text_of_size(300'000)), "");
  const std::string reply = erp.send(".\r\n");
  EXPECT_TRUE(starts(reply,
                     "451-4.5.0 Upstream contoso (mail.example:587) offers CHUNKING and "
                     "failed at it"));
  EXPECT_TRUE(holds(reply, "500 5.5.1 What is BDAT"));
  EXPECT_TRUE(scene.staged.bodies.empty());
  EXPECT_EQ(erp.begin_data("a@example.net"), "354 Go ahead") << "the next one gets DATA";
}

// Whoever does not know BDAT takes the octets behind it for commands, and answers them.
TEST(Chunks, AConnectionOnWhichBdatWasRefusedIsNotUsedAgain) {
  Arrangement setup = staged_setup();
  setup.upstream.replay_buffer = 1000;
  Scene scene(std::move(setup));
  take_chunks(scene);
  scene.staged.answer_once("LAST", "500 5.5.1 What is BDAT");
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_TRUE(starts(erp.send(text_of_size(100'000) + ".\r\n"), "451-4.5.0 "));
  EXPECT_EQ(scene.staged.sessions(), 0U);
  EXPECT_EQ(erp.deliver("b@example.net"), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.connections, 2U);
}

// Office 365 was seen to stop reading inside a chunk. Once may be chance.
void stall_connections(Scene& scene, unsigned how_many) {
  auto to_upstream = std::make_shared<unsigned>(0);
  scene.network.set_plan(
      [to_upstream, how_many](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
        simulation::Attempt attempt;
        if (endpoint.host == "mail.example" && ++*to_upstream <= how_many) {
          attempt.conditions.to_server.window = 1024;
          attempt.faults.list = {{.kind = simulation::Fault::Kind::stall,
                                  .direction = simulation::Direction::to_server,
                                  .at = 2000}};
        }
        return attempt;
      });
}

TEST(Chunks, AStallInsideAChunkIsRepairedWithChunksTheFirstTime) {
  Arrangement setup = staged_setup();
  setup.upstream.data_timeout = 20s;
  Scene scene(std::move(setup));
  take_chunks(scene);
  stall_connections(scene, 1);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_EQ(erp.send(text_of_size(10'000) + ".\r\n", 30s), "250 2.0.0 Taken");
  EXPECT_EQ(scene.staged.bodies.size(), 1U);
  EXPECT_FALSE(scene.staged.heard("DATA"));
  EXPECT_FALSE(scene.noted("contoso", "gets DATA for a day"));
}

TEST(Chunks, AStallInsideAChunkTwiceIsTheUpstreamsFaultAndItGetsDataForADay) {
  Arrangement setup = staged_setup();
  setup.upstream.data_timeout = 20s;
  Scene scene(std::move(setup));
  take_chunks(scene);
  stall_connections(scene, 2);
  MailProgram erp(scene);
  erp.introduce();
  erp.begin_data("a@example.net");
  EXPECT_TRUE(starts(erp.send(text_of_size(10'000) + ".\r\n", 1min), "451-4.4.2 "));
  EXPECT_TRUE(scene.staged.bodies.empty());
  EXPECT_TRUE(scene.noted("contoso", "it stopped taking a chunk, twice"));
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_TRUE(scene.staged.heard("DATA"));
}

// The upstream refuses the first chunk and takes no more of the last, whose end is on its way.
TEST(Chunks, AnUpstreamThatTakesNoMoreAfterItsRefusalHasNotStalled) {
  Scene scene(staged_setup());
  take_chunks(scene);
  scene.network.set_plan([](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    if (endpoint.host == "mail.example") {
      attempt.conditions.to_server.window = 1024;
      attempt.conditions.to_client.latency = 300ms;
      attempt.faults.list = {{.kind = simulation::Fault::Kind::stall,
                              .direction = simulation::Direction::to_server,
                              .at = 158'000}};
    }
    return attempt;
  });
  scene.staged.answer("BDAT", "550 5.7.1 Looks like spam");
  MailProgram erp(scene);
  erp.introduce();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(erp.begin_data("a@example.net"), kOwn354);
    EXPECT_EQ(erp.send(text_of_size(160'000) + ".\r\n", 1min), "550 5.7.1 Looks like spam");
  }
  EXPECT_EQ(scene.staged.connections, 2U);
  EXPECT_FALSE(scene.noted("contoso", "gets DATA for a day"));
}

TEST(Chunks, WithChunkingOffTheUpstreamGetsData) {
  Arrangement setup = staged_setup();
  setup.upstream.chunking = Chunking::off;
  Scene scene(std::move(setup));
  take_chunks(scene);
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.deliver("a@example.net"), "250 2.0.0 Taken");
  EXPECT_FALSE(scene.staged.heard("BDAT"));
  EXPECT_TRUE(scene.staged.heard("DATA"));
}

}  // namespace
}  // namespace truerelay::relay
