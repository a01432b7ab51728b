#include "tests/simulation/conditions.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace truerelay::simulation {
namespace {

TEST(Conditions, AreDrawnFromTheNarrowestToTheWidest) {
  Random random(1);
  std::size_t narrowest = Conditions::kLargestWindow;
  std::size_t widest = 0;
  int byte_by_byte = 0;
  int all_at_once = 0;
  for (int i = 0; i < 2000; ++i) {
    const Conditions::Way way = Conditions::draw(random).to_client;
    ASSERT_GE(way.smallest_piece, 1U);
    ASSERT_LE(way.smallest_piece, way.largest_piece);
    ASSERT_GT(way.latency.count(), 0);
    narrowest = std::min(narrowest, way.window);
    widest = std::max(widest, way.window);
    byte_by_byte += way.window > 1000 && way.largest_piece == 1 ? 1 : 0;
    all_at_once += way.smallest_piece >= way.window ? 1 : 0;
  }
  EXPECT_EQ(narrowest, 1U);
  EXPECT_EQ(widest, Conditions::kLargestWindow);
  EXPECT_GT(byte_by_byte, 10);
  EXPECT_GT(all_at_once, 10);
}

TEST(Conditions, DescribeThemselvesInOneLine) {
  Conditions conditions;
  conditions.to_server = {.window = 3,
                          .smallest_piece = 1,
                          .largest_piece = 2,
                          .latency = io::Duration{40},
                          .jitter = io::Duration{5}};
  EXPECT_EQ(conditions.describe(),
            "to the server: window 3, pieces 1 to 2, latency 0.000040 s, jitter 0.000005 s; "
            "to the client: window 65536, pieces 65536 to 65536, latency 0.000100 s, "
            "jitter 0.000000 s");
}

}  // namespace
}  // namespace truerelay::simulation
