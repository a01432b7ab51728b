#include "vault/user_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace truerelay::vault {
namespace {

TEST(AUsersHash, FitsItsPasswordAndNoOther) {
  const Redacted hash = hash_password("correct horse");
  EXPECT_TRUE(hash.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash.reveal();
  EXPECT_TRUE(password_fits(hash.reveal(), "correct horse"));
  EXPECT_FALSE(password_fits(hash.reveal(), "Correct horse"));
  EXPECT_FALSE(password_fits(hash.reveal(), "correct horse "));
  EXPECT_FALSE(password_fits(hash.reveal(), ""));
  EXPECT_NE(hash_password("correct horse").reveal(), hash.reveal());
}

TEST(AUsersHash, ThatIsNoneFitsNothing) {
  for (const std::string& hash : {std::string(), std::string("correct horse"),
                                  std::string("$argon2id$v=19$"), std::string(1000, '$')}) {
    EXPECT_FALSE(password_fits(hash, "correct horse"));
    EXPECT_FALSE(password_fits(hash, hash));
  }
}

TEST(AUsersHash, OfNobodyCostsTheSame) {
  const Redacted nobody = hash_of_nobody();
  const Redacted somebody = hash_password("x");
  const auto cost = [](std::string_view hash) { return hash.substr(0, hash.find("p=1$")); };
  EXPECT_EQ(cost(nobody.reveal()), cost(somebody.reveal()));
  EXPECT_FALSE(password_fits(nobody.reveal(), ""));
}

}  // namespace
}  // namespace truerelay::vault
