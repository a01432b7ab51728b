#include "cli/dates.h"

#include <gtest/gtest.h>

namespace truerelay::cli {
namespace {

using namespace std::chrono_literals;

std::chrono::sys_seconds noon(std::string_view date) { return *parse_date(date) + 12h; }

TEST(ADate, IsReadAndWrittenTheSame) {
  for (const std::string_view date : {"2026-12-31", "2024-02-29", "1970-01-01", "2100-03-01"}) {
    EXPECT_EQ(date_text(parse_date(date).value()), date);
  }
}

TEST(ADate, ThatThereIsNotIsNone) {
  for (const std::string_view text : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1",
                                      "26-01-01", "2026/01/01", "2026-01-01 ", "2026-+1-01"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(AnAge, CountsTheDaysOfTheCalendar) {
  EXPECT_EQ(age_text(noon("2026-11-26"), noon("2026-11-26")), "today");
  EXPECT_EQ(age_text(noon("2026-11-25") + 11h, noon("2026-11-26") - 11h), "yesterday");
  EXPECT_EQ(age_text(noon("2026-11-20"), noon("2026-11-26")), "6 days ago");
  EXPECT_EQ(age_text(noon("2026-11-27"), noon("2026-11-26")), "today") << "a clock put back";
}

TEST(AnExpiry, SaysHowLongItIsAway) {
  EXPECT_EQ(expiry_text(noon("2026-12-31"), noon("2026-11-26")), "2026-12-31, in 35 days");
  EXPECT_EQ(expiry_text(noon("2026-11-27"), noon("2026-11-26")), "2026-11-27, in 1 day");
  EXPECT_EQ(expiry_text(noon("2026-11-26"), noon("2026-11-26")), "2026-11-26, expired");
}

}  // namespace
}  // namespace truerelay::cli
