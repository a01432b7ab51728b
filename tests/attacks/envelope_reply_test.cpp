#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Answers to MAIL and RCPT that no server may give, on each connection until the upstream relents.
// The client hears one valid reply for each of its commands, no message is accepted on such a
// connection, and the next transaction takes a new one.

namespace truerelay::attacks {
namespace {

using std::string_view_literals::operator""sv;
using Then = Answer::Then;

constexpr const char* kMail = "MAIL FROM:<a@x.example>\r\n";
constexpr const char* kTo = "RCPT TO:<b@y.example>\r\n";
constexpr const char* kPipelining = "250-upstream.example\r\n250 PIPELINING\r\n";
constexpr const char* kOneByOne = "250 upstream.example\r\n";

struct Hostile {
  std::string_view name;
  Answer answer;
  std::string_view heard;  // How the answer to the client's command begins.
};
void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

std::string lines_of(std::size_t count, std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    lines += "250-";
    lines += text;
    lines += "\r\n";
  }
  return lines;
}

const std::vector<Hostile>& nonsense() {
  static const std::vector<Hostile> all = {
      {"two_codes", {"550-a\r\n551 b\r\n"}, "451-4.5.0 "},
      {"two_codes_of_which_one_is_good", {"250-a\r\n550 b\r\n"}, "451-4.5.0 "},
      {"bare_LF_inside", {"250 ok\n250 ok\r\n"}, "451-4.5.0 "},
      {"bare_LF_at_the_end", {"250 ok\n"}, "451-4.5.0 "},
      {"code_999", {"999 x\r\n"}, "451-4.5.0 "},
      {"code_199", {"199 x\r\n"}, "451-4.5.0 "},
      {"code_600", {"600 x\r\n"}, "451-4.5.0 "},
      {"letter_O_in_the_code", {"25O ok\r\n"}, "451-4.5.0 "},
      {"short_code", {"25\r\n"}, "451-4.5.0 "},
      {"long_code", {"2500 ok\r\n"}, "451-4.5.0 "},
      {"space_before_the_code", {" 250 ok\r\n"}, "451-4.5.0 "},
      {"underscore_behind_the_code", {"250_ok\r\n"}, "451-4.5.0 "},
      {"NUL_before_the_code",
       {std::string("\0"
                    "250 ok\r\n"sv)},
       "451-4.5.0 "},
      {"empty_line", {"\r\n"}, "451-4.5.0 "},
      {"line_of_8_KiB", {"250 " + std::string(8192, 'x') + "\r\n"}, "451-4.5.0 "},
      {"8_MB_without_CRLF", {.bytes = "x", .more = 8U << 20}, "451-4.5.0 "},
      {"8_MB_of_text_without_CRLF", {.bytes = "250 x", .more = 8U << 20}, "451-4.5.0 "},
      {"1000_lines", {lines_of(1000, "x")}, "451-4.5.0 "},
      {"64_KiB_of_lines", {lines_of(64, std::string(1000, 'x'))}, "451-4.5.0 "},
      {"354", {"354 go ahead\r\n"}, "451-4.5.0 "},
      {"334", {"334 VXNlcm5hbWU6\r\n"}, "451-4.5.0 "},
      {"nothing_but_the_end", {.then = Then::closes}, "451-4.4.2 "},
      {"half_a_reply_and_the_end", {.bytes = "250-ok\r\n", .then = Then::closes}, "451-4.4.2 "},
      {"a_hyphen_and_the_end", {.bytes = "250-", .then = Then::closes}, "451-4.4.2 "},
      {"half_a_code_and_the_end", {.bytes = "25", .then = Then::closes}, "451-4.4.2 "},
      {"silence", {}, "451-4.4.2 "},
  };
  return all;
}

class Section6_NonsenseReply : public testing::TestWithParam<Hostile> {
 protected:
  // The rest of a session in which `verb` got the answer at hand.
  static void go_on(Stage& stage, RawClient& client) {
    EXPECT_TRUE(stage.ask(client, "RCPT TO:<c@y.example>\r\n").starts_with("451"));
    EXPECT_TRUE(read_replies(stage.ask(client, "DATA\r\n")).codes().front() >= 400);
    EXPECT_EQ(stage.upstream().commands("DATA"), std::vector<std::string>{});
    EXPECT_LE(stage.upstream().connections().size(), 2U);

    stage.upstream().relent();
    const std::string heard =
        stage.ask(client, std::string("RSET\r\n") + kMail + kTo + "DATA\r\n", 4);
    EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{250, 250, 250, 354}));
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().messages().size(), 1U);
    EXPECT_EQ(stage.upstream().connections().back().messages.size(), 1U);
    EXPECT_GE(stage.upstream().connections().size(), 2U);
    EXPECT_TRUE(stage.ask(client, "QUIT\r\n").starts_with("221 "));
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Section6_NonsenseReply, testing::ValuesIn(nonsense()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_NonsenseReply, to_a_recipient_ends_the_transaction) {
  for (const char* ehlo : {kPipelining, kOneByOne}) {
    SCOPED_TRACE(ehlo);
    Setting setting;
    setting.scripts = {{.answers = {{"RCPT", {GetParam().answer}}}, .ehlo = ehlo}};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, kMail);
    const std::string heard = stage.ask(client, kTo);
    EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
    go_on(stage, client);
  }
}

TEST_P(Section6_NonsenseReply, to_the_sender_ends_the_transaction) {
  for (const char* ehlo : {kPipelining, kOneByOne}) {
    SCOPED_TRACE(ehlo);
    Setting setting;
    setting.scripts = {{.answers = {{"MAIL", {GetParam().answer}}}, .ehlo = ehlo}};
    setting.relentless = true;
    // Where nothing comes at all, the answer to RCPT would be the first.
    const bool nothing = GetParam().name == "silence" && ehlo == kPipelining;
    if (nothing) {
      setting.scripts.front().answers["RCPT"] = {{}};
    }
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, kMail);
    const std::string heard = stage.ask(client, kTo);
    EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
    go_on(stage, client);
  }
}

TEST_P(Section6_NonsenseReply, to_a_second_recipient_ends_the_transaction) {
  Setting setting;
  setting.scripts = {{.answers = {{"RCPT", {{"250 2.1.5 ok\r\n"}, GetParam().answer}}}}};
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kMail);
  EXPECT_EQ(stage.ask(client, kTo), "250 2.1.5 ok\r\n");
  const std::string heard = stage.ask(client, "RCPT TO:<d@y.example>\r\n");
  EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
  go_on(stage, client);
}

TEST_P(Section6_NonsenseReply, to_a_sender_that_is_offered_at_once_ends_the_transaction) {
  Setting setting;
  setting.upstream.eager_mail = true;
  setting.scripts = {{.answers = {{"MAIL", {GetParam().answer}}}}};
  setting.relentless = true;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const std::string heard = stage.ask(client, kMail);
  EXPECT_TRUE(heard.starts_with(GetParam().heard)) << visible(heard);
  EXPECT_EQ(stage.upstream().commands("RCPT"), std::vector<std::string>{});
  EXPECT_LE(stage.upstream().connections().size(), 2U);
  stage.upstream().relent();
  EXPECT_EQ(stage.ask(client, kMail), "250 2.1.0 sender ok\r\n");
}

// --- What is odd and still legal, or close enough to be passed on in safe form ---

struct Odd {
  std::string_view name;
  std::string_view answer;
  std::string_view heard;
};
void PrintTo(const Odd& odd, std::ostream* out) { *out << odd.name; }

constexpr Odd kOdd[] = {
    {"two_lines", "550-a\r\n550 b\r\n", "550-a\r\n550 b\r\n"},
    {"code_alone", "250\r\n", "250 \r\n"},
    {"code_and_space", "550 \r\n", "550 \r\n"},
    {"escape_sequence", "550 \x1B[2J\x07 no\r\n", "550 ?[2J? no\r\n"},
    {"CR_inside", "550 a\rb\r\n", "550 a?b\r\n"},
    {"CR_before_CRLF", "550 a\r\r\n", "550 a?\r\n"},
    {"NUL_inside", "550 a\0b\r\n"sv, "550 a?b\r\n"},
    {"text_that_looks_like_a_code", "550-250 ok\r\n550 250 ok\r\n", "550-250 ok\r\n550 250 ok\r\n"},
};

class Section6_OddReply : public testing::TestWithParam<Odd> {};

INSTANTIATE_TEST_SUITE_P(With, Section6_OddReply, testing::ValuesIn(kOdd),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_OddReply, reaches_the_client_as_one_valid_reply) {
  Setting setting;
  setting.scripts = {{.answers = {{"RCPT", {{std::string(GetParam().answer)}}}}}};
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  stage.ask(client, kMail);
  EXPECT_EQ(stage.ask(client, kTo), GetParam().heard);
  // And the dialogue with the upstream is in step.
  EXPECT_EQ(stage.ask(client, "RCPT TO:<c@y.example>\r\n"), "250 2.1.5 recipient ok\r\n");
  EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
  EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().connections().size(), 1U);
}

}  // namespace
}  // namespace truerelay::attacks
