#include "smtp/path.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace truerelay::smtp {
namespace {

using std::string_view_literals::operator""sv;

// The address as it is written again, or the code and text of the refusal.
std::string rewritten(std::string_view text, PathKind kind = PathKind::forward) {
  const std::expected<Path, Reply> path = parse_path(text, kind);
  return path ? path->text() : one_line(path.error());
}

bool refused(std::string_view text, PathKind kind = PathKind::forward) {
  return rewritten(text, kind).starts_with(kind == PathKind::forward ? "501 5.1.3 " : "501 5.1.7 ");
}

TEST(Path, IsTakenApart) {
  std::string_view rest = "<jane.doe+x@mail.example> SIZE=1";
  EXPECT_EQ(parse_path(rest, PathKind::reverse), (Path{"jane.doe+x", "mail.example"}));
  EXPECT_EQ(rest, "SIZE=1");
}

TEST(Path, MayBeNullInReverseOnly) {
  std::string_view rest = "<>";
  const std::expected<Path, Reply> path = parse_path(rest, PathKind::reverse);
  ASSERT_TRUE(path);
  EXPECT_TRUE(path->null());
  EXPECT_EQ(path->text(), "");
  EXPECT_TRUE(refused("<>"));
}

TEST(Path, MayLackADomainForThePostmasterOnly) {
  EXPECT_EQ(rewritten("<Postmaster>"), "Postmaster");
  EXPECT_TRUE(refused("<postmaster>", PathKind::reverse));
  EXPECT_TRUE(refused("<root>"));
  EXPECT_TRUE(refused("<root>", PathKind::reverse));
}

TEST(Path, MayLackItsBracketsAndEndsThenAtASpace) {
  std::string_view rest = "a@x.example NOTIFY=NEVER";
  EXPECT_EQ(parse_path(rest, PathKind::forward), (Path{"a", "x.example"}));
  EXPECT_EQ(rest, "NOTIFY=NEVER");
  EXPECT_EQ(rewritten("a@x"), "a@x");
  EXPECT_TRUE(refused("a@x>"));
  EXPECT_TRUE(refused("", PathKind::reverse));
}

TEST(Path, LosesItsSourceRoute) {
  EXPECT_EQ(rewritten("<@relay.example:a@x>"), "a@x");
  EXPECT_EQ(rewritten("<@one.example,@two.example:a@x>"), "a@x");
  EXPECT_TRUE(refused("<@relay.example>"));
  EXPECT_TRUE(refused("<@:a@x>"));
  EXPECT_TRUE(refused("<@a,b:a@x>"));
  EXPECT_TRUE(refused("<@a b:a@x>"));
}

TEST(Path, KeepsWhatQuotesMean) {
  std::string_view rest = R"(<"a \"b\\ >@c"@x>)";
  const std::expected<Path, Reply> path = parse_path(rest, PathKind::forward);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->local_part, R"(a "b\ >@c)");
  EXPECT_EQ(path->text(), R"("a \"b\\ >@c"@x)");
  EXPECT_EQ(rewritten(R"(<"plain"@x>)"), "plain@x");
  EXPECT_EQ(rewritten(R"(<""@x>)"), R"(""@x)");
  EXPECT_EQ(rewritten(R"("a b"@x)"), R"("a b"@x)");
  EXPECT_TRUE(refused(R"(<"a@x>)"));
  EXPECT_TRUE(refused(R"(<"a\)"));
  EXPECT_TRUE(refused(R"(<"a"b@x>)"));
}

TEST(Path, QuotesTheDotsThatNeedIt) {
  EXPECT_EQ(rewritten("<a..b@x>"), R"("a..b"@x)");
  EXPECT_EQ(rewritten("<a.@x>"), R"("a."@x)");
  EXPECT_EQ(rewritten("<.a@x>"), R"(".a"@x)");
  EXPECT_EQ(rewritten("<a.b@x>"), "a.b@x");
}

TEST(Path, TakesAddressLiterals) {
  EXPECT_EQ(rewritten("<a@[192.0.2.1]>"), "a@[192.0.2.1]");
  EXPECT_EQ(rewritten("<a@[IPv6:2001:db8::1]>"), "a@[IPv6:2001:db8::1]");
  EXPECT_TRUE(refused("<a@[]>"));
  EXPECT_TRUE(refused("<a@[192.0.2.1>"));
  EXPECT_TRUE(refused("<a@[a]b]>"));
}

TEST(Path, TakesUtf8AndSaysThatItNeedsSmtpUtf8) {
  std::string_view rest =
      "<j\xC3\xBCrgen@b\xC3\xBC"
      "cher.example>";
  const std::expected<Path, Reply> path = parse_path(rest, PathKind::forward);
  ASSERT_TRUE(path);
  EXPECT_TRUE(path->needs_smtp_utf8());
  EXPECT_TRUE((Path{"a", "b\xC3\xBC"}).needs_smtp_utf8());
  EXPECT_FALSE((Path{"a", "b"}).needs_smtp_utf8());
  EXPECT_TRUE(refused("<j\xFCrgen@x>"));
  EXPECT_TRUE(refused("<a@b\xFC>"));
}

TEST(Path, RefusesMalformedAddresses) {
  for (const std::string_view text :
       {"<a@b@c>"sv, "<a@>"sv,      "<@x>"sv,     "<a@x"sv,     "<a b@x>"sv,
        "<a@x y>"sv, "<a@.x>"sv,    "<a@x.>"sv,   "<a@x..y>"sv, "<a@x/y>"sv,
        "<a>b@x>"sv, "<a(b)@x>"sv,  "<a@x>>"sv,   "<<a@x>>"sv,  "<a@x>SIZE=1"sv,
        "<a,b@x>"sv, "<a@x,b@y>"sv, "<a\\b@x>"sv, "< a@x>"sv,   "<a@x >"sv}) {
    EXPECT_TRUE(refused(text)) << text;
    EXPECT_TRUE(refused(text, PathKind::reverse)) << text;
  }
}

TEST(Path, RefusesControlBytesWhereverTheyStand) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool control = byte < 0x20 || byte == 0x7F;
    for (const std::string& text :
         {std::string("<a") + c + "@x>", std::string("<a@x") + c + ">",
          std::string("<\"a") + c + "\"@x>", std::string("<\"a\\") + c + "\"@x>",
          std::string("<@r") + c + ":a@x>", std::string("<a@[1") + c + "]>"}) {
      if (control) {
        EXPECT_TRUE(refused(text)) << "byte " << byte << " in " << text;
      }
    }
  }
}

TEST(Path, HoldsTheBoundsOfItsParts) {
  const std::string local(64, 'l');
  EXPECT_EQ(rewritten("<" + local + "@x>"), local + "@x");
  EXPECT_TRUE(refused("<" + local + "l@x>"));
  const std::string domain(189, 'd');
  EXPECT_EQ(rewritten("<" + local + "@" + domain + ">").size(), 254U) << "256 with its brackets";
  EXPECT_TRUE(refused("<" + local + "@" + domain + "d>"));
  EXPECT_TRUE(refused("<a@" + std::string(256, 'd') + ">"));
}

}  // namespace
}  // namespace truerelay::smtp
