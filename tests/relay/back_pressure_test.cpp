// A large message costs little memory, whichever side is slow.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr std::size_t kMessage = 32 * 1024 * 1024;
// What the relay may hold between the two: a block that is read ahead while one goes out, and the
// replies and commands that count as well.
constexpr std::int64_t kMostHeld = 256 * 1024;

std::string large_message() {
  std::string text = "Subject: large\r\n\r\n";
  text.reserve(kMessage + 100);
  const std::string line = std::string(76, 'A') + "\r\n";
  while (text.size() < kMessage) {
    text += line;
  }
  return text;
}

// Sends the message with one side's link as slow as told; the virtual time that it took.
void send_large(const std::string& slow_host) {
  Arrangement setup;
  Scene scene(std::move(setup));
  scene.network.set_plan([&](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    if (endpoint.host == slow_host) {
      attempt.conditions.to_server = {.window = 16 * 1024,
                                      .smallest_piece = 1024,
                                      .largest_piece = 8 * 1024,
                                      .latency = 1ms,
                                      .jitter = 1ms};
    }
    return attempt;
  });
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.begin_data("a@example.net"), "354 "));
  const std::string message = large_message();
  EXPECT_TRUE(starts(erp.send(message + ".\r\n", 10min), "250 2.6.0 "));
  EXPECT_EQ(scene.message().content.size, message.size());
  EXPECT_TRUE(scene.message().body == message);
  EXPECT_LE(scene.meter.most_held, kMostHeld);
  EXPECT_GT(scene.meter.most_held, 0);
}

TEST(BackPressure, ALargeMessageToASlowUpstreamIsNotHeldInMemory) { send_large("mail.example"); }

TEST(BackPressure, ALargeMessageFromASlowClientIsNotHeldInMemory) { send_large("127.0.0.1"); }

TEST(BackPressure, AClientThatPipelinesWithoutReadingIsNotReadWithoutBound) {
  Scene scene;
  scene.network.set_plan([](const io::Endpoint&, std::uint64_t, simulation::Random&) {
    simulation::Attempt attempt;
    attempt.conditions.to_client.window = 1024;
    return attempt;
  });
  MailProgram erp(scene);
  erp.introduce();
  std::string noops;
  for (int i = 0; i < 200'000; ++i) {
    noops += "NOOP\r\n";
  }
  // It does not read: everything that the relay takes in must be answered, and answers pile up.
  erp.send_without_hearing(noops);
  scene.pass(1min);
  EXPECT_LE(scene.meter.most_held, kMostHeld);
}

}  // namespace
}  // namespace truerelay::relay
