#include "tests/simulation/sweep/line_ends.h"

#include <gtest/gtest.h>

namespace truerelay::simulation {
namespace {

// However the text is cut in two.
bool all_whole(std::string_view text) {
  bool all = true;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    LineEnds line_ends;
    const bool first = line_ends.take(text.substr(0, cut));
    const bool second = line_ends.take(text.substr(cut));
    const bool whole = first && second && line_ends.whole();
    EXPECT_TRUE(cut == 0 || whole == all) << "cut at " << cut;
    all = whole;
  }
  return all;
}

TEST(LineEnds, AreWhole) {
  for (const char* text : {"", "a", "\r\n", "a\r\nb", "\r\n\r\n.\r\n"}) {
    EXPECT_TRUE(all_whole(text)) << text;
  }
}

TEST(LineEnds, AreBare) {
  for (const char* text : {"\n", "\r", "a\nb\r\n", "a\rb\r\n", "\r\r\n", "\r\n\n", "\n\r"}) {
    EXPECT_FALSE(all_whole(text)) << text;
  }
}

}  // namespace
}  // namespace truerelay::simulation
