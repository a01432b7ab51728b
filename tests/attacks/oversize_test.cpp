#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Too much of everything: bounds hold, answers stay in order, and what is refused is refused with a
// reply.

namespace truerelay::attacks {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kMail = "MAIL FROM:<a@x.example>\r\n";
constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";
constexpr std::size_t kMegabyte = std::size_t{1} << 20;

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

// --- Command lines ---

TEST(Section8_CommandLine, of_2_KiB_is_taken) {
  Stage stage;
  RawClient& client = stage.greeted();
  const std::string line = "NOOP " + std::string(2048 - 7, 'x') + "\r\n";
  EXPECT_TRUE(stage.ask(client, line).starts_with("250 "));
}

TEST(Section8_CommandLine, of_5_KiB_is_refused_and_the_session_goes_on) {
  for (const char* command : {"NOOP ", "EHLO ", "MAIL FROM:<", "X"}) {
    SCOPED_TRACE(command);
    Stage stage;
    RawClient& client = stage.greeted();
    const std::string line = command + std::string(5000, 'x') + "\r\n";
    EXPECT_TRUE(stage.ask(client, line).starts_with("500 5.5.2 "));
    EXPECT_TRUE(stage.ask(client, "NOOP\r\n").starts_with("250 "));
  }
}

TEST(Section8_CommandLine, of_64_KiB_is_refused_and_what_is_in_it_is_not_obeyed) {
  for (const char* command : {"EHLO ", "AUTH PLAIN ", "MAIL FROM:<"}) {
    SCOPED_TRACE(command);
    Stage stage;
    RawClient& client = stage.greeted();
    std::string line = command + std::string(64 * 1024, 'x') + "\r\n";
    client.send(line + "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\n");
    EXPECT_TRUE(stage.hear_to_end(client).starts_with("500 5.5.2 "));
    stage.run_for(std::chrono::minutes(2));
    EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
  }
}

TEST(Section8_CommandLine, without_an_end_is_refused_at_the_limit) {
  Stage stage;
  RawClient& client = stage.greeted();
  client.send(std::string(32 * kMegabyte, 'x'));
  EXPECT_TRUE(stage.hear_to_end(client).starts_with("500 5.5.2 "));
  stage.run_for(std::chrono::minutes(1));
  EXPECT_EQ(stage.sessions(), 0U);
  // What it has read it has thrown away, and it has not read for long.
  EXPECT_LT(client.handed_on(), 2 * kMegabyte + most_under_way());
}

// --- Many commands ---

TEST(Section8_Commands, of_10000_times_NOOP_get_10000_answers) {
  Stage stage;
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, repeated("NOOP\r\n", 10'000), 10'000);
  const Replies replies = read_replies(heard);
  EXPECT_EQ(replies.whole.size(), 10'000U);
  EXPECT_TRUE(std::ranges::all_of(replies.codes(), [](int code) { return code == 250; }));
}

TEST(Section8_Commands, of_10000_times_RSET_in_a_transaction_reset_it_once) {
  Stage stage;
  RawClient& client = stage.greeted();
  stage.ask(client, std::string(kMail) + "RCPT TO:<b@y.example>\r\n", 2);
  const std::string heard = stage.ask(client, repeated("RSET\r\n", 10'000), 10'000);
  EXPECT_EQ(read_replies(heard).whole.size(), 10'000U);
  stage.ask(client, kUpToData, 3);
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().commands("RSET").size(), 1U);
}

TEST(Section8_Commands, of_1000_bad_ones_end_the_session_with_421) {
  for (const char* bad : {"XYZZY\r\n", "\r\n", "RCPT TO:<b@y.example>\r\n", "MAIL FROM:<\x01>\r\n",
                          "STARTTLS\r\n", "AUTH PLAIN AGEAYg==\r\n", "DATA\r\n"}) {
    SCOPED_TRACE(visible(bad));
    Stage stage;
    RawClient& client = stage.greeted();
    client.send(repeated(bad, 1000));
    const std::vector<int> codes = read_replies(stage.hear_to_end(client)).codes();
    ASSERT_FALSE(codes.empty());
    EXPECT_LE(codes.size(), 1000U);
    EXPECT_EQ(codes.back(), 421);
    EXPECT_EQ(std::ranges::count(codes, 421), 1);
    stage.run_for(std::chrono::minutes(2));
    EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
  }
}

TEST(Section8_Commands,
     of_10000_recipients_are_refused_beyond_the_limit_and_the_message_still_goes) {
  Stage stage;
  RawClient& client = stage.greeted();
  stage.ask(client, kMail);
  const std::string heard =
      stage.ask(client, repeated("RCPT TO:<b@y.example>\r\n", 10'000), 10'000);
  const Replies replies = read_replies(heard);
  ASSERT_EQ(replies.whole.size(), 10'000U);
  const auto accepted = std::ranges::count(replies.codes(), 250);
  EXPECT_GE(accepted, 100);
  EXPECT_LT(accepted, 10'000);
  EXPECT_TRUE(replies.whole.back().starts_with("452 4.5.3 ")) << replies.whole.back();
  EXPECT_EQ(stage.upstream().commands("RCPT").size(), static_cast<std::size_t>(accepted));
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
}

// --- Messages ---

TEST(Section8_Message, of_one_line_of_8_MB_goes_through_as_it_is) {
  Setting setting;
  setting.scripts = {{.ehlo = "250-upstream.example\r\n250 SIZE 0\r\n"}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  const std::string line(8 * kMegabyte, 'x');
  EXPECT_EQ(stage.ask(client, line + "\r\n.\r\n"), "250 2.0.0 queued\r\n");
  ASSERT_EQ(stage.upstream().messages().size(), 1U);
  EXPECT_TRUE(stage.upstream().messages().front() == line + "\r\n.\r\n");
}

TEST(Section8_Message,
     that_is_larger_than_its_SIZE_and_the_limit_is_refused_and_the_session_goes_on) {
  Stage stage;  // The upstream takes 1,000,000 octets.
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> SIZE=1\r\n").starts_with("250 "));
  stage.ask(client, "RCPT TO:<b@y.example>\r\nDATA\r\n", 2);
  const std::string body = repeated(std::string(998, 'x') + "\r\n", 8000);
  EXPECT_TRUE(stage.ask(client, body + ".\r\n").starts_with("552 5.3.4 "));
  EXPECT_EQ(stage.upstream().messages(), Lines{});
  ASSERT_EQ(stage.records().messages.size(), 1U);
  EXPECT_EQ(stage.records().messages.front().outcome, observe::Outcome::refused);
  stage.ask(client, kUpToData, 3);
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
}

TEST(Section8_Message,
     larger_than_the_listener_takes_is_refused_where_the_upstream_names_no_limit) {
  Setting setting;
  setting.scripts = {{.ehlo = "250 upstream.example\r\n"}};
  setting.listener.max_message_size = 1000;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  EXPECT_TRUE(stage.ask(client, std::string(1001, 'x') + "\r\n.\r\n").starts_with("552 5.3.4 "));
  EXPECT_EQ(stage.upstream().messages(), Lines{});
}

TEST(Section8_Size, beyond_every_number_is_refused) {
  Stage stage;
  RawClient& client = stage.greeted();
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> SIZE=99999999999999999999\r\n")
                  .starts_with("552 5.3.4 "));
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> SIZE=18446744073709551616\r\n")
                  .starts_with("552 5.3.4 "));
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> SIZE=" + std::string(100, '9') + "\r\n")
                  .starts_with("5"));
  EXPECT_TRUE(stage.ask(client, "MAIL FROM:<a@x.example> SIZE=-1\r\n").starts_with("501 "));
  stage.run_for(std::chrono::minutes(2));
  EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
}

TEST(Section8_Size, beyond_what_the_upstream_offered_is_refused_before_it_is_asked) {
  Stage stage;
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);  // The first contact tells what it offers.
  stage.ask(client, "text\r\n.\r\n");
  EXPECT_TRUE(
      stage.ask(client, "MAIL FROM:<a@x.example> SIZE=1000001\r\n").starts_with("552 5.3.4 "));
  EXPECT_EQ(stage.upstream().commands("MAIL").size(), 1U);
}

// 70 MB behind a refusal: the rest is not read for ever.
TEST(Section8_Message, that_does_not_end_after_its_refusal_loses_the_connection) {
  Setting setting;
  setting.listener.line_ends = smtp::LineEnds::reject;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kUpToData, 3);
  client.send("a bare\nline end\r\n");
  client.send(std::string(70 * kMegabyte, 'x'));
  const std::string heard = stage.hear_to_end(client);
  EXPECT_TRUE(heard.starts_with("554 5.6.0 ")) << visible(heard);
  EXPECT_EQ(stage.upstream().messages(), Lines{});
}

}  // namespace
}  // namespace truerelay::attacks
