#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Commands whose arguments try to become commands, or claims, at the upstream.

namespace truerelay::attacks {
namespace {

using std::string_view_literals::operator""sv;

struct Attempt {
  std::string_view name;
  std::string_view before;  // Commands that lead up to it; each gets a 250.
  std::string_view bytes;
  std::vector<int> codes;             // Of the answers.
  std::vector<std::string> upstream;  // The MAIL and RCPT that came of it.
  std::string after = {};             // Commands that show what became of it.
};
void PrintTo(const Attempt& attempt, std::ostream* out) { *out << attempt.name; }

constexpr std::string_view kEhlo = "EHLO client.example\r\n";
constexpr std::string_view kMail = "EHLO client.example\r\nMAIL FROM:<a@x.example>\r\n";
constexpr const char* kTo = "RCPT TO:<b@y.example>\r\n";
constexpr const char* kSender = "MAIL FROM:<a@x.example>\r\n";

const std::vector<Attempt>& attempts() {
  static const std::vector<Attempt> all = {
      {"bare_CR_in_the_sender", kEhlo, "MAIL FROM:<a@x\rRCPT TO:<b@y>>\r\n"sv, {501}, {}},
      {"NUL_behind_SIZE", kEhlo, "MAIL FROM:<a@x> SIZE=1\0\r\n"sv, {501}, {}},
      {"NUL_alone", kEhlo, "MAIL FROM:<a@x>\0\r\n"sv, {501}, {}},
      {"DEL_in_the_sender", kEhlo, "MAIL FROM:<a\x7F@x>\r\n"sv, {501}, {}},
      {"CR_before_CRLF", kEhlo, "MAIL FROM:<a@x>\r\r\n"sv, {501}, {}},
      {"somebody_vouched_for",
       kEhlo,
       "MAIL FROM:<a@x.example> AUTH=<evil@x>\r\n"sv,
       {250},
       {kSender, kTo},
       kTo},
      {"CRLF_in_a_quoted_sender", kEhlo, "MAIL FROM:<\"a\r\nDATA\"@x>\r\n"sv, {501, 500}, {}},
      {"space_in_a_quoted_sender",
       kEhlo,
       "MAIL FROM:<\"a b\"@x.example>\r\n"sv,
       {250},
       {"MAIL FROM:<\"a b\"@x.example>\r\n", kTo},
       kTo},
      {"bracket_in_a_quoted_sender",
       kEhlo,
       "MAIL FROM:<\"a>b\"@x.example>\r\n"sv,
       {250},
       {"MAIL FROM:<\"a>b\"@x.example>\r\n", kTo},
       kTo},
      {"source_route", kEhlo, "MAIL FROM:<@relay:a@x.example>\r\n"sv, {250}, {kSender, kTo}, kTo},
      {"percent_in_a_recipient",
       kMail,
       "RCPT TO:<a%b@x>\r\n"sv,
       {250},
       {kSender, "RCPT TO:<a%b@x>\r\n"}},
      {"bang_path", kMail, "RCPT TO:<a!b>\r\n"sv, {501}, {}},
      {"two_at_signs", kMail, "RCPT TO:<a@b@c>\r\n"sv, {501}, {}},
      {"null_recipient", kMail, "RCPT TO:<>\r\n"sv, {501}, {}},
      {"postmaster",
       kMail,
       "RCPT TO:<postmaster>\r\n"sv,
       {250},
       {kSender, "RCPT TO:<postmaster>\r\n"}},
      {"recipient_without_brackets",
       kMail,
       "RCPT TO:a@x\r\n"sv,
       {250},
       {kSender, "RCPT TO:<a@x>\r\n"}},
      {"xtext_that_means_CRLF",
       kMail,
       "RCPT TO:<a@x> NOTIFY=NEVER ORCPT=rfc822;a+0D+0Ab\r\n"sv,
       {250},
       {kSender, "RCPT TO:<a@x> NOTIFY=NEVER ORCPT=rfc822;a+0D+0Ab\r\n"}},
      {"CR_behind_a_recipient", kMail, "RCPT TO:<a@x>\rDATA\r\n"sv, {501}, {}},
      {"unknown_parameter", kMail, "RCPT TO:<a@x> X=1\r\n"sv, {555}, {}},
      {"NUL_in_EHLO", "", "EHLO a\0b\r\n"sv, {501}, {}},
      {"escape_sequence_in_EHLO", "", "EHLO a\x1B[2J\r\n"sv, {501}, {}},
      {"HELO_without_a_name", "", "HELO\r\n"sv, {501}, {}},
      {"EHLO_in_UTF8", "", "EHLO b\xC3\xBCro\r\n"sv, {501}, {}},
      {"XCLIENT", kEhlo, "XCLIENT ADDR=1.2.3.4\r\n"sv, {502}, {}},
      {"XFORWARD", kEhlo, "XFORWARD ADDR=1.2.3.4\r\n"sv, {502}, {}},
      {"ETRN", kEhlo, "ETRN x\r\n"sv, {502}, {}},
      {"TURN", kEhlo, "TURN\r\n"sv, {502}, {}},
      {"VRFY", kEhlo, "VRFY a\r\n"sv, {252}, {}},
      {"EXPN", kEhlo, "EXPN a\r\n"sv, {502}, {}},
      {"HELP", kEhlo, "HELP\r\n"sv, {214}, {}},
      {"AUTH_where_nobody_logs_in", kEhlo, "AUTH PLAIN AGEAYg==\r\n"sv, {503}, {}},
      {"STARTTLS_where_it_is_not_offered", kEhlo, "STARTTLS\r\n"sv, {502}, {}},
  };
  return all;
}

class Section6_HostileCommand : public testing::TestWithParam<Attempt> {};

INSTANTIATE_TEST_SUITE_P(With, Section6_HostileCommand, testing::ValuesIn(attempts()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section6_HostileCommand, goes_upstream_as_parsed_values_or_not_at_all) {
  const Attempt& attempt = GetParam();
  for (const bool bytewise : {false, true}) {
    SCOPED_TRACE(bytewise ? "byte by byte" : "whole");
    Setting setting;
    setting.scripts = {
        {.ehlo = "250-upstream.example\r\n250-SIZE\r\n250-DSN\r\n250 PIPELINING\r\n"}};
    Stage stage(std::move(setting));
    RawClient& client = stage.connect();
    stage.hear(client);
    if (!attempt.before.empty()) {
      const auto commands =
          static_cast<std::size_t>(std::count(attempt.before.begin(), attempt.before.end(), '\n'));
      stage.ask(client, std::string(attempt.before), commands);
    }
    if (bytewise) {
      client.send_byte_by_byte(attempt.bytes, std::chrono::milliseconds(1));
    } else {
      client.send(std::string(attempt.bytes));
    }
    EXPECT_EQ(read_replies(stage.hear(client, attempt.codes.size())).codes(), attempt.codes);
    if (!attempt.after.empty()) {
      EXPECT_TRUE(stage.ask(client, attempt.after).starts_with("250 "));
    }
    EXPECT_TRUE(stage.ask(client, "QUIT\r\n").starts_with("221 "));
    stage.run_for(std::chrono::minutes(2));
    EXPECT_EQ(stage.upstream().envelopes(), attempt.upstream);
    EXPECT_TRUE(stage.upstream().heard_only_envelopes()) << visible(stage.upstream().received());
    EXPECT_EQ(stage.upstream().connections().size(), 1U);
    EXPECT_FALSE(has_bare_line_end_or_nul(stage.upstream().received()));
  }
}

// Old programs end their commands with a bare LF: where line ends are normalised, what follows one
// is another command, with an answer of its own, and leaves with CRLF.
TEST(Section6_BareLineFeedInACommand, is_no_line_end) {
  for (const smtp::LineEnds line_ends : {smtp::LineEnds::normalize, smtp::LineEnds::reject}) {
    Setting setting;
    setting.listener.line_ends = line_ends;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    const std::string heard =
        stage.ask(client, "MAIL FROM:<a@x.example>\nRCPT TO:<b@y.example>\r\n", 2);
    EXPECT_EQ(read_replies(heard).codes(), (std::vector<int>{500, 503})) << visible(heard);
    stage.run_for(std::chrono::minutes(2));
    EXPECT_TRUE(stage.upstream().untouched()) << visible(stage.upstream().received());
  }
}

}  // namespace
}  // namespace truerelay::attacks
