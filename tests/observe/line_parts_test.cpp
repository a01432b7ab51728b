#include "observe/line_parts.h"

#include <gtest/gtest.h>

#include "tests/observe/records.h"

namespace truerelay::observe {
namespace {

TEST(Timestamp, IsRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(timestamp(kEvening), "2026-11-21T20:41:24.123Z");
  EXPECT_EQ(timestamp(io::WallTime{}), "1970-01-01T00:00:00.000Z");
}

TEST(Timestamp, OfAMomentBefore1970IsStillRight) {
  EXPECT_EQ(timestamp(io::WallTime(io::Duration(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(Milliseconds, AreRoundedToATenth) {
  EXPECT_DOUBLE_EQ(milliseconds(io::Duration(0)), 0.0);
  EXPECT_DOUBLE_EQ(milliseconds(io::Duration(41'260)), 41.3);
}

TEST(Outcomes, HaveTheirNames) {
  EXPECT_EQ(name(Outcome::accepted), "accepted");
  EXPECT_EQ(name(Outcome::refused), "refused");
  EXPECT_EQ(name(Outcome::failed), "failed");
  EXPECT_EQ(name(Outcome::abandoned), "abandoned");
  EXPECT_EQ(name(Outcome::in_doubt), "in_doubt");
}

TEST(Outcomes, AreLoudWhereAPersonMayHaveToAct) {
  EXPECT_EQ(level_of(Outcome::accepted), Level::info);
  EXPECT_EQ(level_of(Outcome::refused), Level::warning);
  EXPECT_EQ(level_of(Outcome::in_doubt), Level::error);
}

TEST(ListedRecipients, AreAllOfAFew) { EXPECT_EQ(listed_recipients(accepted_message()), 2U); }

TEST(ListedRecipients, AreAtMostAHundred) {
  MessageRecord record;
  record.recipients.assign(100, {"a@b", "250 ok"});
  EXPECT_EQ(listed_recipients(record), 100U);
  record.recipients.push_back({"a@b", "250 ok"});
  EXPECT_EQ(listed_recipients(record), 100U);
}

TEST(ListedRecipients, AreFewerWhereTheyAreLong) {
  MessageRecord record;
  record.recipients.assign(100, {std::string(100'000, 'a'), std::string(100'000, 'b')});
  EXPECT_EQ(listed_recipients(record), kMostRecipientBytes / (2 * kLongestField));
}

}  // namespace
}  // namespace truerelay::observe
