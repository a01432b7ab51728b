#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Clients that send a byte now and then to keep a place (slow loris). The time for a command, a
// login and a message is absolute: bytes that trickle do not buy more of it.

namespace truerelay::attacks {
namespace {

constexpr auto kPause = std::chrono::seconds(10);

struct Trickle {
  std::string_view name;
  std::string_view before;  // Sent at once,
  std::size_t answers;      // with so many answers.
  auth::Choice auth = auth::Choice::none;
};
void PrintTo(const Trickle& trickle, std::ostream* out) { *out << trickle.name; }

constexpr Trickle kTrickles[] = {
    {"EHLO", "EHLO ", 0},
    {"the_recipients", "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<", 2},
    {"a_message", "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n", 3},
    {"a_login", "AUTH LOGIN\r\n", 1, auth::Choice::passthrough},
    {"a_password", "AUTH LOGIN\r\ndQ==\r\n", 2, auth::Choice::passthrough},
};

class Section8_SlowClient : public testing::TestWithParam<Trickle> {
 protected:
  static Setting setting() {
    Setting setting;
    setting.upstream.auth = GetParam().auth;
    return setting;
  }
  // What it hears at last, and after how long.
  static void expect_421(Stage& stage, RawClient& client, io::Time since) {
    const std::string heard = stage.hear_to_end(client);
    EXPECT_TRUE(heard.starts_with("421 4.4.2 ")) << visible(heard);
    EXPECT_LT(stage.now() - since, std::chrono::minutes(7));
    EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
    client.leave();
    stage.run_for(std::chrono::seconds(10));
    EXPECT_EQ(stage.sessions(), 0U);
  }
};

INSTANTIATE_TEST_SUITE_P(In, Section8_SlowClient, testing::ValuesIn(kTrickles),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section8_SlowClient, loses_its_place_although_bytes_keep_coming) {
  Stage stage(setting());
  RawClient& client = stage.greeted();
  if (GetParam().answers == 0) {
    client.send(std::string(GetParam().before));
  } else {
    stage.ask(client, std::string(GetParam().before), GetParam().answers);
  }
  client.send_byte_by_byte(std::string(200, 'x'), kPause);
  expect_421(stage, client, stage.now());
}

TEST_P(Section8_SlowClient, loses_its_place_when_nothing_comes_any_more) {
  Stage stage(setting());
  RawClient& client = stage.greeted();
  if (GetParam().answers == 0) {
    client.send(std::string(GetParam().before));
  } else {
    stage.ask(client, std::string(GetParam().before), GetParam().answers);
  }
  expect_421(stage, client, stage.now());
}

TEST(Section8_SlowSession, of_a_client_that_says_nothing_at_all_ends) {
  Stage stage;
  RawClient& client = stage.connect();
  EXPECT_TRUE(stage.hear(client).starts_with("220 "));
  EXPECT_TRUE(stage.hear_to_end(client).starts_with("421 4.4.2 "));
}

// A message that is slow and still fast enough is taken.
TEST(Section8_SlowSession, of_a_client_that_keeps_the_least_rate_is_no_attack) {
  Stage stage;
  RawClient& client = stage.greeted();
  stage.ask(client, "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n", 3);
  for (int minute = 0; minute < 15; ++minute) {
    client.send(std::string(10'000, 'x') + "\r\n", std::chrono::minutes(1));
  }
  client.send(".\r\n");
  EXPECT_EQ(stage.hear(client), "250 2.0.0 queued\r\n");
}

// --- All places taken ---

TEST(Section8_Crowd, hears_421_where_all_places_are_taken_and_one_that_leaves_makes_room) {
  Setting setting;
  setting.listener.max_clients = 3;
  Stage stage(std::move(setting));
  RawClient& first = stage.greeted();
  stage.greeted();
  stage.greeted();
  RawClient& fourth = stage.connect();
  EXPECT_TRUE(stage.hear_to_end(fourth).starts_with("421 4.3.2 "));
  first.leave();
  stage.run_for(std::chrono::seconds(10));
  stage.greeted();
}

}  // namespace
}  // namespace truerelay::attacks
