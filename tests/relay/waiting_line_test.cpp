#include "relay/waiting_line.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace truerelay::relay {
namespace {

struct One {
  std::string name;
};

class WaitingLineTest : public ::testing::Test {
 protected:
  One& join(const std::string& name, const int& group) {
    people_.push_back({name});
    line.join(people_.back(), &group);
    return people_.back();
  }
  std::string take_all() {
    std::string order;
    while (!line.empty()) {
      const One& next = line.first();
      EXPECT_EQ(&line.take(), &next);
      order += (order.empty() ? "" : " ") + next.name;
    }
    EXPECT_EQ(line.size(), 0U);
    return order;
  }

  WaitingLine<One> line;
  const int erp = 0;
  const int reports = 0;
  const int scanner = 0;

 private:
  std::deque<One> people_;
};

TEST_F(WaitingLineTest, WhoCameFirstIsServedFirst) {
  join("a", erp);
  join("b", erp);
  join("c", erp);
  EXPECT_EQ(line.size(), 3U);
  EXPECT_EQ(take_all(), "a b c");
}

TEST_F(WaitingLineTest, TheGroupsTakeTurns) {
  for (const char* name : {"e1", "e2", "e3"}) {
    join(name, erp);
  }
  join("r1", reports);
  join("s1", scanner);
  join("s2", scanner);
  EXPECT_EQ(take_all(), "e1 r1 s1 e2 s2 e3");
}

TEST_F(WaitingLineTest, OneIsNotStarvedByAThousandOfAnotherGroup) {
  for (int i = 0; i < 1000; ++i) {
    join("e", erp);
  }
  const One& one = join("the one", reports);
  int before = 0;
  while (&line.take() != &one) {
    ++before;
  }
  EXPECT_EQ(before, 1);
  EXPECT_EQ(line.size(), 999U);
}

TEST_F(WaitingLineTest, AGroupThatComesBackDoesNotJumpTheQueueOfTheOthers) {
  join("e1", erp);
  join("r1", reports);
  join("r2", reports);
  EXPECT_EQ(line.take().name, "e1");
  join("e2", erp);
  EXPECT_EQ(take_all(), "r1 e2 r2");
}

TEST_F(WaitingLineTest, WhoLeavesIsPassedOverAndTheOthersKeepTheirOrder) {
  One& first = join("e1", erp);
  join("e2", erp);
  One& only = join("r1", reports);
  join("s1", scanner);
  line.leave(only);
  line.leave(first);
  EXPECT_EQ(line.size(), 2U);
  EXPECT_EQ(take_all(), "e2 s1");
}

// The turn is at a place in the list of groups, which moves when a group before it goes.
TEST_F(WaitingLineTest, AGroupThatGoesDoesNotTakeTheTurnOfTheNextOne) {
  One& first = join("e1", erp);
  join("e2", erp);
  join("r1", reports);
  join("s1", scanner);
  EXPECT_EQ(line.take().name, first.name);
  EXPECT_EQ(line.take().name, "r1") << "now it is the scanner's turn";
  One& second = line.first();
  EXPECT_EQ(second.name, "s1");
  line.leave(second);
  join("r2", reports);
  EXPECT_EQ(take_all(), "e2 r2");
}

TEST_F(WaitingLineTest, TheLastOneMayLeave) {
  One& only = join("e1", erp);
  line.leave(only);
  EXPECT_TRUE(line.empty());
  join("r1", reports);
  EXPECT_EQ(take_all(), "r1");
}

}  // namespace
}  // namespace truerelay::relay
