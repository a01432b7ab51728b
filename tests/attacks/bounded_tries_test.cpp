#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Upstreams that close for ever, say 421 for ever, or ask for patience for ever. What is tried
// again is tried a few times and for a while; then the client hears of it, and nothing was
// accepted.

namespace truerelay::attacks {
namespace {

using observe::Outcome;
using Lines = std::vector<std::string>;
using Then = Answer::Then;

constexpr const char* kEnvelope = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n";
using Offers = std::vector<std::string>;
const std::string kPipelining = "250-upstream.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n";
const std::string kOneByOne = "250-upstream.example\r\n250 AUTH PLAIN\r\n";
const std::string kChunking =
    "250-upstream.example\r\n250-CHUNKING\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n";

struct Endless {
  std::string_view name;
  Answer answer;
  io::Duration patience;        // How long the client may have to wait.
  std::size_t connections = 4;  // The one that was opened when the client came, and the tries.
};
void PrintTo(const Endless& endless, std::ostream* out) { *out << endless.name; }

const std::vector<Endless>& endless() {
  using std::chrono::seconds;
  static const std::vector<Endless> all = {
      {"closing", {.then = Then::closes}, seconds(10)},
      {"half_a_reply_and_closing", {.bytes = "250-", .then = Then::closes}, seconds(10)},
      {"421", {"421 4.3.2 go away\r\n"}, seconds(10)},
      {"421_and_closing", {.bytes = "421 4.3.2 go away\r\n", .then = Then::closes}, seconds(10)},
      {"a_submission_rate",
       {.bytes = "421 4.4.2 Message submission rate for this client has exceeded the limit\r\n",
        .then = Then::closes},
       seconds(75),
       12},
      {"a_thread_limit", {"432 4.3.2 sender thread limit exceeded\r\n"}, seconds(75), 12},
      {"too_many_logins", {"454 4.7.0 Too many login attempts\r\n"}, seconds(75), 12},
  };
  return all;
}

class Section8_EndlessUpstream : public testing::TestWithParam<Endless> {
 protected:
  static void run(const std::string& place, const Offers& offers) {
    for (const std::string& ehlo : offers) {
      SCOPED_TRACE(place);
      SCOPED_TRACE(ehlo);
      Setting setting;
      setting.login = {{.user = "erp@x.example", .secret = "canary in the mine"}};
      setting.scripts = {{.answers = {{place, std::vector(100, GetParam().answer)}}, .ehlo = ehlo}};
      setting.relentless = true;
      Stage stage(std::move(setting));
      send_one(stage);
    }
  }

 private:
  static void send_one(Stage& stage) {
    RawClient& client = stage.greeted();
    const io::Time asked = stage.now();
    std::string heard = stage.ask(client, kEnvelope, 2);
    if (!client.ended() && read_replies(heard).codes().back() == 250) {
      heard = stage.ask(client, "DATA\r\n");
    }
    if (!client.ended() && heard.starts_with("354")) {
      client.send(std::string(200'000, 'x') + "\r\n");
      stage.run_for(std::chrono::seconds(1));
      heard = stage.ask(client, ".\r\n");
    }
    EXPECT_LT(stage.now() - asked, GetParam().patience);
    const int last = read_replies(client.heard()).codes().back();
    // Sockets hold as much, so that the end may have been handed over without having come.
    const bool whole = !stage.upstream().messages().empty() || !ground_is_simulated();
    EXPECT_TRUE(last >= 400 && last < 600) << visible(heard);
    EXPECT_LE(stage.upstream().connections().size(), GetParam().connections);
    client.leave();
    stage.run_for(std::chrono::seconds(10));
    ASSERT_EQ(stage.records().messages.size(), 1U);
    const Outcome outcome = stage.records().messages.front().outcome;
    EXPECT_TRUE(outcome == Outcome::failed || outcome == Outcome::refused ||
                (whole && outcome == Outcome::in_doubt));
    // And with the client gone it tries no more.
    const std::size_t tried = stage.upstream().connections().size();
    stage.run_for(std::chrono::minutes(10));
    EXPECT_EQ(stage.upstream().connections().size(), tried);
  }
};

INSTANTIATE_TEST_SUITE_P(With, Section8_EndlessUpstream, testing::ValuesIn(endless()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

const Offers kAll = {kPipelining, kOneByOne, kChunking};
const Offers kWithData = {kPipelining, kOneByOne};

TEST_P(Section8_EndlessUpstream, at_the_greeting_is_given_up) { run("GREETING", kAll); }
TEST_P(Section8_EndlessUpstream, at_EHLO_is_given_up) { run("EHLO", kAll); }
TEST_P(Section8_EndlessUpstream, at_AUTH_is_given_up) { run("AUTH", kAll); }
TEST_P(Section8_EndlessUpstream, at_MAIL_is_given_up) { run("MAIL", kAll); }
TEST_P(Section8_EndlessUpstream, at_RCPT_is_given_up) { run("RCPT", kAll); }
TEST_P(Section8_EndlessUpstream, at_DATA_is_given_up) { run("DATA", kWithData); }
TEST_P(Section8_EndlessUpstream, in_a_message_is_given_up) { run("BODY", kWithData); }
TEST_P(Section8_EndlessUpstream, at_a_chunk_is_given_up) { run("CHUNK", {kChunking}); }
TEST_P(Section8_EndlessUpstream, behind_a_chunk_is_given_up) { run("BDAT", {kChunking}); }
TEST_P(Section8_EndlessUpstream, behind_the_message_is_given_up) { run(".", kWithData); }
TEST_P(Section8_EndlessUpstream, behind_the_last_chunk_is_given_up) { run("LAST", {kChunking}); }

// --- Silence ---

// A connection that was not used for a while and answers nothing is replaced after ten seconds; one
// that is new has the full time. However often that is so, it ends.
TEST(Section8_SilentUpstream, on_a_connection_that_was_idle_is_replaced_by_another) {
  for (const std::string& ehlo : {kPipelining, kOneByOne, kChunking}) {
    Setting setting;
    setting.scripts = {{.answers = {{"MAIL", {{}}}, {"RCPT", {{}}}}, .ehlo = ehlo}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.run_for(std::chrono::seconds(5));
    const io::Time asked = stage.now();
    const std::string heard = stage.ask(client, std::string(kEnvelope) + "DATA\r\n", 3);
    EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 354}));
    EXPECT_LT(stage.now() - asked, std::chrono::seconds(15));
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
  }
}

TEST(Section8_SilentUpstream, on_each_connection_is_given_up) {
  for (const char* place : {"MAIL", "RCPT"}) {
    Setting setting;
    setting.upstream.reply_timeout = std::chrono::minutes(1);
    setting.scripts = {
        {.answers = {{place, {Answer{.then = Then::stops_reading}}}}, .ehlo = kPipelining}};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.run_for(std::chrono::seconds(5));
    const io::Time asked = stage.now();
    EXPECT_TRUE(
        read_replies(stage.ask(client, kEnvelope, 2)).whole.back().starts_with("451-4.4.2 "));
    EXPECT_LT(stage.now() - asked, std::chrono::minutes(3));
    EXPECT_LE(stage.upstream().connections().size(), 3U);
    EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("5"));
  }
}

// --- An upstream that talks while nobody asks: on idle connections ---

TEST(Section8_IdleConnection, on_which_something_came_is_used_no_more) {
  for (const char* unasked :
       {"421 4.4.2 idle for too long\r\n", "250 INJECTED\r\n250 INJECTED\r\n354 INJECTED\r\n",
        "550 INJECTED\r\n", "2", "\r\n"}) {
    for (const std::string& ehlo : {kPipelining, kOneByOne, kChunking}) {
      SCOPED_TRACE(visible(unasked));
      SCOPED_TRACE(ehlo);
      Setting setting;
      setting.scripts = {
          {.answers = {{"EHLO", {{.bytes = ehlo, .later = unasked}}}}, .ehlo = ehlo}};
      Stage stage(std::move(setting));
      RawClient& client = stage.greeted();
      stage.run_for(std::chrono::seconds(5));
      const std::string heard = stage.ask(client, std::string(kEnvelope) + "DATA\r\n", 3);
      EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 354}));
      EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
      EXPECT_FALSE(client.heard().contains("INJECTED"));
      ASSERT_EQ(stage.upstream().connections().size(), 2U);
      EXPECT_EQ(stage.upstream().connections().front().commands, Lines{"EHLO relay.example\r\n"});
    }
  }
}

// Clients that come and go do not make it connect more often than it may.
TEST(Section8_WarmConnections, of_clients_that_come_and_go_are_bounded) {
  Setting setting;
  setting.upstream.max_connections = 3;
  Stage stage(std::move(setting));
  for (int client = 0; client < 200; ++client) {
    RawClient& one = stage.greeted();
    if (client % 2 == 0) {
      one.leave();
    }
  }
  stage.run_for(std::chrono::seconds(1));
  EXPECT_EQ(stage.upstream().connections().size(), 1U);
  EXPECT_TRUE(stage.upstream().untouched());
}

TEST(Section8_WarmConnections, to_an_upstream_that_closes_them_are_not_opened_by_themselves) {
  Setting setting;
  setting.scripts = {{.answers = {{"EHLO", {{.bytes = kPipelining, .then = Then::closes}}}}}};
  setting.relentless = true;
  Stage stage(std::move(setting));
  stage.greeted();
  stage.run_for(std::chrono::minutes(4));
  EXPECT_EQ(stage.upstream().connections().size(), 1U);
}

}  // namespace
}  // namespace truerelay::attacks
