#include "http/retry_after.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace truerelay::http {
namespace {

using namespace std::chrono_literals;

// RFC 9110's example: Sun, 06 Nov 1994 08:49:37 GMT.
const io::WallTime kExample{std::chrono::seconds(784'111'777)};

TEST(RetryAfter, InSeconds) {
  EXPECT_EQ(parse_retry_after("0", kExample), 0s);
  EXPECT_EQ(parse_retry_after("120", kExample), 120s);
  EXPECT_EQ(parse_retry_after("007", kExample), 7s);
}

TEST(RetryAfter, AsADateInAllThreeForms) {
  for (const char* date : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_retry_after(date, kExample - 90s), 90s) << date;
    EXPECT_EQ(parse_retry_after(date, kExample), 0s) << date;
  }
  EXPECT_EQ(parse_retry_after("Thu, 29 Feb 2024 00:00:10 GMT",
                              io::WallTime(std::chrono::seconds(1'709'164'800))),
            10s);
  EXPECT_EQ(parse_retry_after("Sat Dec 31 23:59:60 2016",
                              io::WallTime(std::chrono::seconds(1'483'228'790))),
            10s);
}

TEST(RetryAfter, ThatIsPastMeansAtOnce) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kExample + 365 * 24h), 0s);
}

// RFC 9110 section 5.6.7: more than 50 years ahead is the most recent year with these digits.
TEST(RetryAfter, WithAYearOfTwoDigitsMeansTheNearestOne) {
  const io::WallTime in_2025{std::chrono::seconds(1'740'787'200)};
  EXPECT_EQ(parse_retry_after("Friday, 01-Jan-99 00:00:00 GMT", in_2025), 0s);
  EXPECT_EQ(parse_retry_after("Tuesday, 01-Jan-30 00:00:00 GMT", in_2025), kLongestRetryAfter);
}

TEST(RetryAfter, IsBounded) {
  for (const char* value :
       {"86401", "4294967296", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    EXPECT_EQ(parse_retry_after(value, kExample), kLongestRetryAfter) << value;
  }
}

TEST(RetryAfter, ThatIsNeitherIsNothing) {
  for (const std::string value : {"",
                                  " ",
                                  "-1",
                                  "+5",
                                  "5 ",
                                  "5s",
                                  "1.5",
                                  "soon",
                                  "Sun, 06 Nov 1994 08:49:37",
                                  "Sun,",
                                  "Sun, 31 Feb 1994 08:49:37 GMT",
                                  "Sun, 06 Nov 1994 24:00:00 GMT",
                                  "Sun, 06 Nov 1994 08:60:00 GMT",
                                  "Sun, 06 Nuv 1994 08:49:37 GMT",
                                  "Sun, 06 Nov 1994 08:49:37 GMT ",
                                  "Sun, 06 Nov 1994 08:49:37 CET",
                                  "Sun, 6 Nov 1994 08:49:37 GMT",
                                  "Sun Nov 06 08:49:37",
                                  "Su, 06 Nov 1994 08:49:37 GMT",
                                  "Sun, 00 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_retry_after(value, kExample), std::nullopt) << value;
  }
  for (const std::string date : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994"}) {
    for (std::size_t length = 0; length < date.size(); ++length) {
      EXPECT_EQ(parse_retry_after(date.substr(0, length), kExample), std::nullopt) << length;
    }
  }
}

}  // namespace
}  // namespace truerelay::http
