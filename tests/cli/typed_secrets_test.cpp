#include "cli/typed_secrets.h"

#include <gtest/gtest.h>

#include <string>

namespace truerelay::cli {
namespace {

std::string stripped(const std::string& secret) {
  return std::string(without_blanks_of_app_password(Redacted(std::string(secret))).reveal());
}

TEST(AnAppPassword, AsGoogleShowsItLosesItsBlanks) {
  EXPECT_EQ(stripped("abcd efgh ijkl mnop"), "abcdefghijklmnop");
  EXPECT_EQ(stripped("ABCD efgh ijkl mnop"), "ABCDefghijklmnop");
  EXPECT_EQ(stripped("abcd\xC2\xA0"
                     "efgh\xC2\xA0"
                     "ijkl\xC2\xA0"
                     "mnop"),
            "abcdefghijklmnop");
}

TEST(AnAppPassword, IsNothingElse) {
  for (const std::string& other :
       {std::string("abcdefghijklmnop"), std::string("abcd efgh ijkl mno"),
        std::string("abcd efgh ijkl mnop "), std::string(" abcd efgh ijkl mnop"),
        std::string("abcd efgh ijkl mnopq"), std::string("abcd  efgh ijkl mnop"),
        std::string("abcd efgh ijkl mn0p"), std::string("abcd-efgh-ijkl-mnop"),
        std::string("abcd efgh ijkl mnop qrst"), std::string("correct horse battery staple"),
        std::string(" "), std::string()}) {
    EXPECT_EQ(stripped(other), other);
  }
}

}  // namespace
}  // namespace truerelay::cli
