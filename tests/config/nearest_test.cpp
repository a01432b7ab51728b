#include "config/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace truerelay::config {
namespace {

constexpr std::array<std::string_view, 5> kKeys = {"address", "allow", "password_file", "tls",
                                                   "verify"};

TEST(Nearest, ForgivesAMissingASwappedAndAWrongLetter) {
  EXPECT_EQ(nearest("adress", kKeys), "address");
  EXPECT_EQ(nearest("addrses", kKeys), "address");
  EXPECT_EQ(nearest("varify", kKeys), "verify");
  EXPECT_EQ(nearest("tsl", kKeys), "tls");
}

TEST(Nearest, ForgivesCapitalsAndAMissingEnd) {
  EXPECT_EQ(nearest("Address", kKeys), "address");
  EXPECT_EQ(nearest("password", kKeys), "password_file");
}

TEST(Nearest, ProposesNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest("colour", kKeys), "");
  EXPECT_EQ(nearest("", kKeys), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), kKeys), "");
  EXPECT_EQ(did_you_mean("colour", kKeys), "");
}

TEST(Nearest, AsksInAClause) {
  EXPECT_EQ(did_you_mean("adress", kKeys), "; did you mean 'address'?");
}

}  // namespace
}  // namespace truerelay::config
