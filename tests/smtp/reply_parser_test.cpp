#include "smtp/reply_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace truerelay::smtp {
namespace {

using std::string_view_literals::operator""sv;

using Taken = std::expected<std::optional<Reply>, std::string>;

// The reply that one line is, or what is wrong with it.
std::string outcome(std::string_view line) {
  ReplyParser parser;
  const Taken taken = parser.take(line);
  if (!taken) {
    return taken.error();
  }
  return *taken ? one_line(**taken) : "more lines follow";
}

TEST(ReplyParser, TakesALine) {
  ReplyParser parser;
  const Taken taken = parser.take("250 2.1.0 Sender OK\r\n");
  ASSERT_TRUE(taken && *taken);
  EXPECT_EQ(**taken, Reply(250, "2.1.0 Sender OK"));
  EXPECT_FALSE(parser.in_reply());
}

TEST(ReplyParser, CollectsTheLinesOfAReplyAndThenStartsAnew) {
  ReplyParser parser;
  EXPECT_EQ(parser.take("535-5.7.8 Username and\r\n"), std::nullopt);
  EXPECT_TRUE(parser.in_reply());
  EXPECT_EQ(parser.take("535-\r\n"), std::nullopt);
  EXPECT_EQ(parser.take("535 5.7.8 not accepted\r\n"),
            Reply(535, {"5.7.8 Username and", "", "5.7.8 not accepted"}));
  EXPECT_FALSE(parser.in_reply());
  EXPECT_EQ(parser.take("221 bye\r\n"), Reply(221, "bye"));
}

TEST(ReplyParser, TakesACodeWithoutAText) {
  EXPECT_EQ(outcome("250\r\n"), "250");
  EXPECT_EQ(outcome("250 \r\n"), "250");
  EXPECT_EQ(outcome("250-\r\n"), "more lines follow");
}

TEST(ReplyParser, ReplacesControlBytesInTexts) {
  EXPECT_EQ(ReplyParser().take("250 a\0b\rc\x1B[2J\x7F\r\n"sv), Reply(250, "a?b?c?[2J?"));
  EXPECT_EQ(ReplyParser().take("250 a\tb \xC3\xA4\r\n"), Reply(250, "a\tb \xC3\xA4"));
}

// The attack list, section 6, replies: what looks like one reply and is two, or none.
TEST(AttackListSection6Replies, MixedCodesAreNoReply) {
  ReplyParser parser;
  EXPECT_EQ(parser.take("550-a\r\n"), std::nullopt);
  EXPECT_EQ(parser.take("551 b\r\n"),
            Taken(std::unexpected("the lines of one reply carry the codes 550 and 551")));
}

TEST(AttackListSection6Replies, TwoRepliesAreTwo) {
  ReplyParser parser;
  EXPECT_EQ(parser.take("550 5.1.1 no\r\n"), Reply(550, "5.1.1 no"));
  EXPECT_EQ(parser.take("250 ok\r\n"), Reply(250, "ok"));
}

TEST(AttackListSection6Replies, LinesReachTheClientAsLinesWithCodes) {
  ReplyParser parser;
  EXPECT_EQ(parser.take("550-a\r\n"), std::nullopt);
  const Taken taken = parser.take("550 b\r\n");
  ASSERT_TRUE(taken && *taken);
  EXPECT_EQ(serialize(**taken), "550-a\r\n550 b\r\n");
}

TEST(AttackListSection6Replies, BareLfEndsNoLine) {
  EXPECT_EQ(outcome("250 ok\n"), "a reply line ends with a bare LF");
  EXPECT_EQ(outcome("250 ok\n250 ok\r\n"), "a reply line has a bare LF inside");
  EXPECT_EQ(outcome("250 ok\r"), "a reply line does not end");
  EXPECT_EQ(outcome("250 ok"), "a reply line does not end");
  EXPECT_EQ(outcome(""), "a reply line does not end");
}

TEST(AttackListSection6Replies, WhatHasNoCodeIsNoReply) {
  for (const std::string_view line :
       {"999 x\r\n", "25O ok\r\n", "\r\n", "150 x\r\n", "650 x\r\n", "25\r\n", "2500 x\r\n",
        "250_x\r\n", " 250 x\r\n", "-50 x\r\n", "250\tx\r\n", "ok\r\n", "\xFF\xFF\xFF x\r\n"}) {
    EXPECT_TRUE(outcome(line).starts_with("a reply line does not begin with a reply code")) << line;
  }
  EXPECT_EQ(outcome("SSH-2.0-x\x1B\r\n"),
            "a reply line does not begin with a reply code: \"SSH-2.0-x\\x1B\"");
}

TEST(AttackListSection6Replies, EveryCodeFrom200To599IsTaken) {
  for (int code = 100; code < 1000; ++code) {
    ReplyParser parser;
    const Taken taken = parser.take(std::to_string(code) + " x\r\n");
    EXPECT_EQ(taken.has_value(), code >= 200 && code < 600) << code;
  }
}

TEST(AttackListSection6Replies, LongLinesAreRefused) {
  const std::string longest = "250 " + std::string(ReplyParser::kLongestLine - 6, 'x') + "\r\n";
  EXPECT_TRUE(ReplyParser().take(longest));
  EXPECT_EQ(outcome("250 " + std::string(ReplyParser::kLongestLine - 5, 'x') + "\r\n"),
            "a reply line is longer than 4096 octets");
  EXPECT_EQ(outcome("250 " + std::string(8192, 'x') + "\r\n"),
            "a reply line is longer than 4096 octets");
}

// Section 4, upstream: a greeting without end.
TEST(AttackListSection4, EndlessRepliesAreRefused) {
  ReplyParser lines;
  for (std::size_t i = 0; i < ReplyParser::kMostLines; ++i) {
    ASSERT_EQ(lines.take("220-x\r\n"), std::nullopt);
  }
  EXPECT_EQ(lines.take("220-x\r\n"), Taken(std::unexpected("a reply has more than 128 lines")));

  ReplyParser octets;
  const std::string line = "220-" + std::string(4000, 'x') + "\r\n";
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(octets.take(line), std::nullopt);
  }
  EXPECT_EQ(octets.take(line), Taken(std::unexpected("a reply is larger than 16384 octets")));
}

TEST(ReplyParser, CountsTheOctetsOfEachReplyAlone) {
  ReplyParser parser;
  const std::string line = "250 " + std::string(4000, 'x') + "\r\n";
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(parser.take(line)) << i;
  }
}

}  // namespace
}  // namespace truerelay::smtp
