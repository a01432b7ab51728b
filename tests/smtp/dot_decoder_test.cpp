#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "tests/smtp/dot_dialogue.h"

namespace truerelay::smtp::test {
namespace {

using std::string_view_literals::operator""sv;

constexpr LineEnds kBoth[] = {LineEnds::normalize, LineEnds::reject};

TEST(DotDecoder, GivesTheMessageWithoutItsEnd) {
  for (const LineEnds line_ends : kBoth) {
    const Decoded decoded = decode("Subject: x\r\n\r\nhello\r\n.\r\n", line_ends);
    EXPECT_EQ(decoded.content, "Subject: x\r\n\r\nhello\r\n");
    EXPECT_TRUE(decoded.finished);
    EXPECT_FALSE(decoded.refused);
    EXPECT_EQ(decoded.size, decoded.content.size());
  }
}

TEST(DotDecoder, TakesAnEndAtTheVeryStartAsAnEmptyMessage) {
  const Decoded decoded = decode(".\r\nQUIT\r\n", LineEnds::reject);
  EXPECT_EQ(decoded.content, "");
  EXPECT_TRUE(decoded.finished);
  EXPECT_EQ(decoded.taken, 3U);
}

TEST(DotDecoder, LeavesWhatFollowsTheEnd) {
  const Decoded decoded = decode("a\r\n.\r\nQUIT\r\n", LineEnds::normalize);
  EXPECT_EQ(decoded.taken, "a\r\n.\r\n"sv.size());
  DotDecoder decoder(LineEnds::normalize);
  Buffer out;
  EXPECT_EQ(decoder.take("a\r\n.\r\nQUIT\r\n", out), 6U);
  EXPECT_EQ(decoder.take("QUIT\r\n", out), 0U);
  EXPECT_EQ(out.readable(), "a\r\n");
}

TEST(DotDecoder, IsNotFinishedBeforeTheLastByteOfTheEnd) {
  for (const std::string_view wire : {""sv, "a"sv, "a\r\n"sv, "a\r\n."sv, "a\r\n.\r"sv, "."sv}) {
    EXPECT_FALSE(decode(wire, LineEnds::normalize).finished) << wire;
    EXPECT_EQ(decode(wire, LineEnds::normalize).taken, wire.size());
  }
}

TEST(DotDecoder, DropsTheStuffedDotAndNoOther) {
  EXPECT_EQ(decode("..\r\n...\r\n.a\r\nb.\r\n. \r\n.\r\n", LineEnds::reject).content,
            ".\r\n..\r\na\r\nb.\r\n \r\n");
}

TEST(DotDecoder, MakesBareLineEndsIntoCrlf) {
  const Decoded decoded = decode("a\nb\rc\r\rd\n\ne\r\n.\r\n", LineEnds::normalize);
  EXPECT_EQ(decoded.content, "a\r\nb\r\nc\r\n\r\nd\r\n\r\ne\r\n");
  EXPECT_FALSE(decoded.refused);
}

TEST(DotDecoder, CountsTheGrownSize) {
  EXPECT_EQ(decode("\n\n\n\r\n.\r\n", LineEnds::normalize).size, 8U);
}

TEST(DotDecoder, RefusesBareLineEndsInRejectModeAndStillFindsTheEnd) {
  for (const std::string_view wire : {"ok\r\na\nb\r\n.\r\n"sv, "ok\r\na\rb\r\n.\r\n"sv,
                                      "ok\r\na\r\r\n.\r\n"sv, "ok\r\n.\n\r\n.\r\n"sv}) {
    const Decoded decoded = decode(wire, LineEnds::reject);
    EXPECT_TRUE(decoded.refused) << wire;
    EXPECT_TRUE(decoded.finished) << wire;
    EXPECT_EQ(decoded.taken, wire.size());
    EXPECT_LE(decoded.content.size(), "ok\r\na"sv.size()) << "nothing comes out after a refusal";
    EXPECT_EQ(decoded.size, decoded.content.size());
  }
}

TEST(DotDecoder, RefusesNulInBothModesAndNeverGivesItOut) {
  for (const LineEnds line_ends : kBoth) {
    for (const std::string_view wire :
         {"a\0b\r\n.\r\n"sv, "\0\r\n.\r\n"sv, ".\0\r\n.\r\n"sv, "a\r\0\r\n.\r\n"sv}) {
      const Decoded decoded = decode(wire, line_ends);
      EXPECT_TRUE(decoded.refused);
      EXPECT_TRUE(decoded.finished);
      EXPECT_FALSE(decoded.content.contains('\0'));
    }
  }
}

// A dot alone on a line that ends otherwise than by CRLF is no end, and no stuffing either.
TEST(DotDecoder, KeepsADotThatIsAloneOnALineOnlyThroughNormalising) {
  EXPECT_EQ(decode("a\n.\nb\r\n.\r\n", LineEnds::normalize).content, "a\r\n.\r\nb\r\n");
  EXPECT_EQ(decode("a\r\n.\nb\r\n.\r\n", LineEnds::normalize).content, "a\r\n.\r\nb\r\n");
  EXPECT_EQ(decode("a\r\n.\rb\r\n.\r\n", LineEnds::normalize).content, "a\r\n.\r\nb\r\n");
}

TEST(DotDecoder, StreamsALineOfAnyLength) {
  const std::string megabyte(1 << 20, 'x');
  DotDecoder decoder(LineEnds::reject);
  Buffer out;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(decoder.take(megabyte, out), megabyte.size());
    ASSERT_EQ(out.size(), megabyte.size()) << "nothing is held back";
    out.clear();
  }
  EXPECT_EQ(decoder.size(), 100U << 20);
}

TEST(DotDecoder, GivesNoMoreThanTwiceWhatItTookAndFour) {
  const std::string wire(1000, '\n');
  DotDecoder decoder(LineEnds::normalize);
  Buffer out;
  decoder.take("\r\n.\r", out);
  out.clear();
  decoder.take(wire, out);
  EXPECT_LE(out.size(), 2 * wire.size() + 4);
}

// The decoder as its rules say it, without any thought of speed, to hold the real one against.
std::string plainly_decoded(std::string_view wire) {
  std::string content;
  bool line_start = true;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    const std::string_view rest = wire.substr(i);
    if (line_start && rest.starts_with(".\r\n")) {
      return content;
    }
    const bool stuffed = line_start && rest.starts_with('.') && rest.size() > 1 &&
                         rest[1] != '\r' && rest[1] != '\n';
    line_start = rest.starts_with("\r\n");
    if (line_start) {
      content += "\r\n";
      ++i;
    } else if (rest.front() == '\r' || rest.front() == '\n') {
      content += "\r\n";
    } else if (!stuffed) {
      content += rest.front();
    }
  }
  return content;
}

// Long clean stretches with something special here and there, so that every part of the scanner
// and every place in a block is met.
TEST(DotDecoder, AgreesWithThePlainRulesOnRandomMessagesAndRandomSplits) {
  std::mt19937 random(20261121);
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  constexpr std::string_view kSpecial[] = {"\r\n", "\r\n", "\r\n.", "\r\n..", "\r",    "\n",
                                           ".",    "\n.",  "\r.",   "\r\r\n", "\n\r\n"};
  for (int round = 0; round < 3000; ++round) {
    std::string wire;
    const std::size_t pieces = below(12);
    for (std::size_t i = 0; i < pieces; ++i) {
      wire.append(below(below(2) == 0 ? 4 : 300), 'x');
      wire += kSpecial[below(std::size(kSpecial))];
    }
    wire += "\r\n.\r\n";
    std::vector<std::size_t> splits;
    for (std::size_t at = below(200); at < wire.size(); at += below(200)) {
      splits.push_back(at);
    }
    const Decoded decoded = decode(wire, LineEnds::normalize, splits);
    ASSERT_EQ(decoded.content, plainly_decoded(wire)) << "round " << round;
    ASSERT_TRUE(decoded.finished);
    ASSERT_EQ(decoded, decode(wire, LineEnds::normalize)) << "round " << round;
    ASSERT_EQ(decode(wire, LineEnds::reject, splits), decode(wire, LineEnds::reject));
  }
}

// What it lets pass by itself and what it decodes are the whole, wherever one ends and the other
// begins.
TEST(DotDecoder, LetsPassAsItIsWhatItWouldHaveGivenOutAsItIs) {
  std::mt19937 random(20261126);
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  constexpr std::string_view kSpecial[] = {"\r\n"sv, "\r\n"sv, "\r\n."sv, "\r\n.."sv, "\r"sv,
                                           "\n"sv,   "."sv,    "\n."sv,   "\r\r\n"sv, "\0"sv};
  std::size_t passed_in_all = 0;
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(round);
    std::string wire;
    for (std::size_t i = below(12); i > 0; --i) {
      wire.append(below(300), 'x');
      wire += kSpecial[below(std::size(kSpecial))];
    }
    wire += "\r\n.\r\n";
    for (const LineEnds line_ends : {LineEnds::normalize, LineEnds::reject}) {
      DotDecoder decoder(line_ends);
      Buffer out;
      std::string_view rest = wire;
      while (!decoder.finished()) {
        const std::size_t piece = std::min<std::size_t>(1 + below(400), rest.size());
        const std::size_t passed = decoder.take_as_it_is(rest.substr(0, piece));
        out.append(rest.substr(0, passed));
        passed_in_all += passed;
        rest.remove_prefix(passed);
        rest.remove_prefix(decoder.take(rest.substr(0, piece - passed), out));
      }
      const Decoded whole = decode(wire, line_ends);
      ASSERT_EQ(out.readable(), whole.content);
      ASSERT_EQ(decoder.refused(), whole.refused);
      ASSERT_EQ(decoder.size(), whole.size);
    }
  }
  EXPECT_GT(passed_in_all, 100'000U);
}

// The blocks of the scanner, one special sequence at each place of two of them.
TEST(DotDecoder, SeesEverySpecialByteAtEveryPlace) {
  for (const std::string_view special : {"\r"sv, "\n"sv, "\r\n"sv, "\r\n.."sv, "\n."sv, "\r."sv}) {
    for (std::size_t place = 0; place < 300; ++place) {
      const std::string wire =
          std::string(place, 'x') + std::string(special) + std::string(300, 'y') + "\r\n.\r\n";
      ASSERT_EQ(decode(wire, LineEnds::normalize).content, plainly_decoded(wire)) << place;
      ASSERT_EQ(decode(wire, LineEnds::reject).refused, !special.starts_with("\r\n")) << place;
    }
  }
  for (std::size_t place = 0; place < 300; ++place) {
    const std::string wire = std::string(place, 'x') + '\0' + std::string(300, 'y') + "\r\n.\r\n";
    ASSERT_TRUE(decode(wire, LineEnds::normalize).refused) << place;
  }
}

}  // namespace
}  // namespace truerelay::smtp::test
