#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/smtp/dot_dialogue.h"

// The attack list, section 2: byte sequences that some servers take for the end of a message and
// others do not (SMTP smuggling; CVE-2023-51764, -51766, CVE-2024-27305). What stands behind one
// must arrive upstream as text of the same message.

namespace truerelay::smtp::test {
namespace {

using std::string_view_literals::operator""sv;

struct Sequence {
  std::string_view number;  // In the attack list, section 2.
  std::string_view bytes;
  std::string_view content;  // What it means when line ends are normalised.
  bool refused;              // In normalize mode.
  bool rejected;             // In reject mode.
};

// For the names of the tests.
void PrintTo(const Sequence& sequence, std::ostream* out) { *out << sequence.number; }

constexpr Sequence kSequences[] = {
    {"1", "\n.\n"sv, "\r\n.\r\n"sv, false, true},
    {"2", "\n.\r"sv, "\r\n.\r\n"sv, false, true},
    {"3", "\r.\n"sv, "\r\n.\r\n"sv, false, true},
    {"4", "\r.\r"sv, "\r\n.\r\n"sv, false, true},
    {"5", "\n.\r\n"sv, "\r\n.\r\n"sv, false, true},
    {"6", "\r.\r\n"sv, "\r\n.\r\n"sv, false, true},
    {"7", "\r\n.\r\r\n"sv, "\r\n.\r\n\r\n"sv, false, true},
    {"8", "\r\r\n.\r\r\n"sv, "\r\n\r\n.\r\n\r\n"sv, false, true},
    {"9", "\r\n\0.\r\n"sv, {}, true, true},
    {"10", "\r\n.\n"sv, "\r\n.\r\n"sv, false, true},
    {"11", "\r\n.\r"sv, "\r\n.\r\n"sv, false, true},
    {"12", "\r\n.\0\r\n"sv, {}, true, true},
    {"13", "\r\n..\r\n"sv, "\r\n.\r\n"sv, false, false},
    {"14, LF", "\n..\r\n"sv, "\r\n..\r\n"sv, false, true},
    {"14, CR", "\r..\r\n"sv, "\r\n..\r\n"sv, false, true},
    {"15, space", "\r\n. \r\n"sv, "\r\n \r\n"sv, false, false},
    {"15, tab", "\r\n.\t\r\n"sv, "\r\n\t\r\n"sv, false, false},
    {"16, NEL", "\x85.\x85"sv, "\x85.\x85"sv, false, false},
    {"16, LINE SEPARATOR", "\xE2\x80\xA8.\xE2\x80\xA8"sv, "\xE2\x80\xA8.\xE2\x80\xA8"sv, false,
     false},
    {"17, LF LF", "\n\n.\r\n"sv, "\r\n\r\n.\r\n"sv, false, true},
    {"17, CRLF LF", "\r\n\n.\r\n"sv, "\r\n\r\n.\r\n"sv, false, true},
};

constexpr std::string_view kBefore = "Subject: check\r\n\r\nline1";
constexpr std::string_view kSmuggled =
    "MAIL FROM:<ceo@victim.example>\r\nRCPT TO:<x@victim.example>\r\nDATA\r\n"
    "Subject: smuggled\r\n\r\nsmuggled\r\n";

std::string attack(const Sequence& sequence) {
  std::string wire;
  for (const std::string_view part : {kBefore, sequence.bytes, kSmuggled, ".\r\n"sv}) {
    wire += part;
  }
  return wire;
}

bool ends_only_at_the_end(std::string_view wire) {
  return wire.find("\r\n.\r\n") == wire.size() - 5;
}

bool has_bare_line_end_or_nul(std::string_view wire) {
  for (std::size_t i = 0; i < wire.size(); ++i) {
    const bool lf_follows = i + 1 < wire.size() && wire[i + 1] == '\n';
    const bool cr_before = i > 0 && wire[i - 1] == '\r';
    if (wire[i] == '\0' || (wire[i] == '\r' && !lf_follows) || (wire[i] == '\n' && !cr_before)) {
      return true;
    }
  }
  return false;
}

class AttackListSection2 : public testing::TestWithParam<Sequence> {};

INSTANTIATE_TEST_SUITE_P(Smuggling, AttackListSection2, testing::ValuesIn(kSequences),
                         [](const auto& parameter) {
                           std::string name = "Number";
                           for (const char c : parameter.param.number) {
                             name += c == ',' || c == ' ' ? '_' : c;
                           }
                           return name;
                         });

TEST_P(AttackListSection2, IsOneMessageUpToTheTrueEnd) {
  const Sequence& sequence = GetParam();
  const std::string wire = attack(sequence);
  const Decoded decoded = decode(wire, LineEnds::normalize);
  EXPECT_TRUE(decoded.finished);
  EXPECT_EQ(decoded.taken, wire.size());
  EXPECT_EQ(decoded.refused, sequence.refused);
  if (!sequence.refused) {
    EXPECT_EQ(decoded.content,
              std::string(kBefore) + std::string(sequence.content) + std::string(kSmuggled));
  }
}

TEST_P(AttackListSection2, LeavesTowardsTheUpstreamWithOneEndAndNothingBare) {
  const Decoded decoded = decode(attack(GetParam()), LineEnds::normalize);
  EXPECT_FALSE(has_bare_line_end_or_nul(decoded.content));
  for (std::size_t split = 0; split <= decoded.content.size(); ++split) {
    const std::string upstream = encode(decoded.content, {split});
    EXPECT_TRUE(ends_only_at_the_end(upstream)) << split;
    EXPECT_FALSE(has_bare_line_end_or_nul(upstream)) << split;
  }
}

TEST_P(AttackListSection2, IsRefusedInRejectModeWhereItIsNotLegal) {
  const std::string wire = attack(GetParam());
  const Decoded decoded = decode(wire, LineEnds::reject);
  EXPECT_EQ(decoded.refused, GetParam().rejected);
  EXPECT_TRUE(decoded.finished);
  EXPECT_EQ(decoded.taken, wire.size());
}

TEST_P(AttackListSection2, MeansTheSameHoweverItIsSplit) {
  const std::string wire = attack(GetParam());
  for (const LineEnds line_ends : {LineEnds::normalize, LineEnds::reject}) {
    const Decoded whole = decode(wire, line_ends);
    EXPECT_EQ(decode(wire, line_ends, every_byte(wire.size())), whole);
    for (std::size_t split = 0; split <= wire.size(); ++split) {
      EXPECT_EQ(decode(wire, line_ends, {split}), whole) << split;
    }
    std::mt19937 random(51764);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::size_t> splits;
      for (std::size_t at = random() % 7; at < wire.size(); at += random() % 7) {
        splits.push_back(at);
      }
      EXPECT_EQ(decode(wire, line_ends, splits), whole) << "round " << round;
    }
  }
}

TEST_P(AttackListSection2, MeansTheSameAtTheVeryStart) {
  const Sequence& sequence = GetParam();
  const std::string wire = std::string(sequence.bytes) + "MAIL\r\n.\r\n";
  const Decoded decoded = decode(wire, LineEnds::normalize);
  EXPECT_TRUE(decoded.finished);
  EXPECT_EQ(decoded.taken, wire.size());
  EXPECT_EQ(decode(wire, LineEnds::normalize, every_byte(wire.size())), decoded);
  if (!sequence.refused) {
    EXPECT_EQ(decoded.content, std::string(sequence.content) + "MAIL\r\n");
    EXPECT_TRUE(ends_only_at_the_end("\r\n" + encode(decoded.content)));
  }
}

TEST(AttackListSection2Coalesced, TheNextCommandsAreLeftAlone) {
  for (const Sequence& sequence : kSequences) {
    const std::string wire = attack(sequence);
    EXPECT_EQ(decode(wire + "QUIT\r\n.\r\n", LineEnds::normalize).taken, wire.size())
        << sequence.number;
  }
}

TEST(AttackListSection2Ends, ABodyWithoutItsLastCrlfDoesNotEnd) {
  const Decoded decoded = decode("text.\r\n", LineEnds::normalize);
  EXPECT_FALSE(decoded.finished);
  EXPECT_EQ(decoded.content, "text.\r\n");
}

// Section 3: what a BDAT chunk may hold goes out stuffed when the upstream gets DATA.
TEST(AttackListSection3, AChunkThatHoldsAnEndIsStuffed) {
  const std::string upstream = encode("x\r\n.\r\nMAIL FROM:<evil@x>\r\n");
  EXPECT_EQ(upstream, "x\r\n..\r\nMAIL FROM:<evil@x>\r\n.\r\n");
  EXPECT_EQ(encode("x"), "x\r\n.\r\n") << "a chunk without CRLF at its end gets one";
}

}  // namespace
}  // namespace truerelay::smtp::test
