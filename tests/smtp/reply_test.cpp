#include "smtp/reply.h"

#include <gtest/gtest.h>

namespace truerelay::smtp {
namespace {

using std::string_literals::operator""s;

TEST(Reply, IsWrittenWithItsCodeOnEveryLine) {
  EXPECT_EQ(serialize(Reply(550, {"5.1.1 No such user", "5.1.1 try again", ""})),
            "550-5.1.1 No such user\r\n550-5.1.1 try again\r\n550 \r\n");
  EXPECT_EQ(serialize(Reply(250, "ok")), "250 ok\r\n");
  EXPECT_EQ(serialize(Reply(250, std::vector<std::string>())), "250 \r\n");
}

TEST(Reply, IsAppended) {
  std::string out = "220 hello\r\n";
  serialize(Reply(250, "ok"), out);
  EXPECT_EQ(out, "220 hello\r\n250 ok\r\n");
}

TEST(Reply, StaysOneReplyWhateverItsTextHolds) {
  EXPECT_EQ(serialize(Reply(550, "no\r\n250 ok\n\0\x1B[2J\x7F\tx"s)),
            "550 no??250 ok???[2J?\tx\r\n");
}

TEST(Reply, KeepsBytesOfOtherAlphabets) {
  EXPECT_EQ(serialize(Reply(550, "Empf\xC3\xA4nger")), "550 Empf\xC3\xA4nger\r\n");
}

TEST(Reply, IsQuotedOnOneLine) {
  EXPECT_EQ(one_line(Reply(550, {"5.1.1 No such user", "", "try again"})),
            "550 5.1.1 No such user / try again");
  EXPECT_EQ(one_line(Reply(250, "")), "250");
  EXPECT_EQ(one_line(Reply(250, "a\nb")), "250 a?b");
}

TEST(Reply, KnowsItsClass) {
  EXPECT_TRUE(Reply(250, "").completion());
  EXPECT_TRUE(Reply(354, "").intermediate());
  EXPECT_TRUE(Reply(451, "").transient());
  EXPECT_TRUE(Reply(554, "").permanent());
  EXPECT_FALSE(Reply(554, "").completion());
}

}  // namespace
}  // namespace truerelay::smtp
