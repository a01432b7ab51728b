// The evidence holds wherever a connection breaks and however its bytes are cut up.
#include <gtest/gtest.h>

#include <string>

#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

using Fate = MemoryLedger::Fate;
using simulation::Direction;
using simulation::Fault;

const std::string kDialogue =
    "EHLO client.example\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nBDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n"
    "MAIL FROM:<a@x>\r\nRCPT TO:<c@x>\r\nRCPT TO:<refuse-data-554@x>\r\nDATA\r\nHi\r\n.\r\n"
    "MAIL FROM:<a@x>\r\nRCPT TO:<slow-data-1s@x>\r\nDATA\r\n..Ho\r\n.\r\nQUIT\r\n";

// Each message that began was decided once, and what was accepted is whole.
void expect_sound(const MemoryLedger& ledger) {
  for (const MemoryLedger::Message& message : ledger.messages) {
    EXPECT_NE(message.fate, Fate::coming);
    EXPECT_EQ(message.heard.has_value(), message.fate != Fate::abandoned);
    if (message.fate == Fate::accepted) {
      EXPECT_EQ(message.body, message.envelope.transaction == 1 ? "a\r\nb\r\n" : ".Ho\r\n");
    }
  }
  EXPECT_EQ(ledger.endings.size(), 1U);
}

TEST(BrokenLinks, HoweverTheBytesAreCutUpTheLedgerIsTheSame) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    simulation::Random random(seed);
    simulation::LinkOptions link;
    link.conditions = simulation::Conditions::draw(random);
    SCOPED_TRACE(link.conditions.describe());
    Practice practice(Practice::open_settings(), std::move(link));
    practice.say(kDialogue);
    practice.wait(std::chrono::hours(1));
    ASSERT_EQ(practice.ledger.messages.size(), 3U);
    EXPECT_EQ(practice.ledger.messages[0].fate, Fate::accepted);
    EXPECT_EQ(practice.ledger.messages[1].fate, Fate::refused);
    EXPECT_EQ(practice.ledger.messages[2].fate, Fate::accepted);
    EXPECT_EQ(practice.ledger.endings, std::vector<std::string>{"QUIT"});
    expect_sound(practice.ledger);
  }
}

TEST(BrokenLinks, WhereverTheClientsBytesEndEveryMessageIsDecidedOnce) {
  for (const Fault::Kind kind :
       {Fault::Kind::reset, Fault::Kind::hang_up, Fault::Kind::end, Fault::Kind::freeze}) {
    for (std::uint64_t at = 0; at <= kDialogue.size(); ++at) {
      simulation::LinkOptions link;
      link.conditions.to_server.largest_piece = 7;
      link.conditions.to_server.smallest_piece = 1;
      link.faults.list.push_back({.kind = kind, .direction = Direction::to_server, .at = at});
      SCOPED_TRACE(link.faults.describe());
      Practice practice(Practice::open_settings(), std::move(link));
      practice.say(kDialogue);
      practice.wait(std::chrono::hours(1));
      EXPECT_EQ(practice.sessions(), 0U);
      expect_sound(practice.ledger);
    }
  }
}

TEST(BrokenLinks, WhereverTheRepliesEndEveryMessageIsDecidedOnce) {
  for (const Fault::Kind kind : {Fault::Kind::reset, Fault::Kind::freeze}) {
    for (std::uint64_t at = 0; at <= 900; at += 3) {
      simulation::LinkOptions link;
      link.conditions.to_client.window = 16;
      link.faults.list.push_back({.kind = kind, .direction = Direction::to_client, .at = at});
      SCOPED_TRACE(link.faults.describe());
      Practice practice(Practice::open_settings(), std::move(link));
      practice.say(kDialogue);
      practice.wait(std::chrono::hours(1));
      EXPECT_EQ(practice.sessions(), 0U);
      expect_sound(practice.ledger);
    }
  }
}

}  // namespace
}  // namespace truerelay::sandbox
