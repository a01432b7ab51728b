// What a client does after it was told tells whether it has heard it (rule T7).

#include "relay/hearing.h"

#include <gtest/gtest.h>

#include "tests/digest/known_key.h"
#include "tests/io/manual_loop.h"

namespace truerelay::relay {
namespace {

using Arrival = io::Channel::Arrival;

class HearingTest : public ::testing::Test {
 protected:
  void told(std::size_t unread) {
    hearing.told(message, {250, "2.0.0 Queued as 4711"}, true, false, unread);
  }
  bool remembered() { return duplicates.find(message) != nullptr; }

  truerelay::testing::ManualLoop loop;
  Duplicates duplicates{truerelay::testing::known_key(), loop, loop};
  Hearing hearing{duplicates, loop, std::chrono::minutes(30)};
  const digest::Digest message = digest_of(truerelay::testing::known_key(), {});
};

TEST_F(HearingTest, ACommandThatComesAfterwardsProvesIt) {
  told(0);
  hearing.took(6);
  hearing.heard(Arrival::failed);
  EXPECT_FALSE(remembered());
}

TEST_F(HearingTest, AConnectionThatFailsProvesNothing) {
  told(0);
  hearing.heard(Arrival::failed);
  EXPECT_TRUE(remembered());
}

// RFC 2920 section 3.1: commands may come right behind the data.
TEST_F(HearingTest, ACommandThatWasThereBeforeProvesNothing) {
  told(10);
  hearing.took(6);  // RSET
  hearing.heard(Arrival::failed);
  EXPECT_TRUE(remembered());
}

TEST_F(HearingTest, TheRestOfACommandWhoseBeginningWasThereBeforeProvesNothing) {
  told(3);
  hearing.heard(Arrival::bytes);
  hearing.took(6);
  hearing.heard(Arrival::failed);
  EXPECT_TRUE(remembered());
}

TEST_F(HearingTest, TheNextCommandBehindThoseProvesIt) {
  told(6);
  hearing.took(6);
  hearing.heard(Arrival::bytes);
  hearing.took(6);
  hearing.heard(Arrival::failed);
  EXPECT_FALSE(remembered());
}

}  // namespace
}  // namespace truerelay::relay
