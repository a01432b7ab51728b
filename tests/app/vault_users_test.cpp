// The users of the vault, checked off the loop.

#include "app/vault_users.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <random>

#include "io/scope.h"
#include "net/loop.h"
#include "net/worker.h"
#include "vault/user_hash.h"

namespace truerelay::app {
namespace {

class TheUsers : public testing::Test {
 protected:
  TheUsers() { std::filesystem::create_directories(folder_); }
  ~TheUsers() override { std::filesystem::remove_all(folder_); }

  void SetUp() override {
    ASSERT_TRUE(vault_.create(std::nullopt));
    set_password("erp", "correct horse");
  }
  void set_password(const std::string& user, std::string_view password) {
    ASSERT_TRUE(vault_.put(vault::entry_of_user(user), vault::Kind::user_hash,
                           vault::hash_password(password)));
  }
  // "right", "wrong", or why it cannot be checked.
  std::string check(std::string_view user, std::string_view password) {
    std::string verdict;
    io::Scope scope(loop_);
    scope.spawn(ask(users_, std::string(user), std::string(password), verdict));
    loop_.run();
    return verdict;
  }
  static io::Task<void> ask(auth::LocalUsers& users, std::string user, std::string password,
                            std::string& verdict) {
    const std::expected<bool, std::string> known =
        co_await users.check(std::move(user), Redacted(std::move(password)));
    verdict = !known ? known.error() : *known ? "right" : "wrong";
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("truerelay-users-" + std::to_string(std::random_device{}()));
  vault::Vault vault_{folder_ / "truerelay.vault", {folder_ / "truerelay.key", {}, {}}};
  net::Loop loop_;
  net::Worker worker_{loop_};
  VaultUsers users_{{vault_, worker_}};
};

TEST_F(TheUsers, AreKnownByTheirPasswords) {
  EXPECT_EQ(check("erp", "correct horse"), "right");
  EXPECT_EQ(check("erp", "Correct horse"), "wrong");
  EXPECT_EQ(check("erp", ""), "wrong");
  EXPECT_EQ(check("ERP", "correct horse"), "wrong");
}

TEST_F(TheUsers, ThatThereAreNotAreWrong) {
  EXPECT_EQ(check("", ""), "wrong");
  EXPECT_EQ(check("nobody", "correct horse"), "wrong");
  EXPECT_EQ(check(std::string(5000, 'x'), "correct horse"), "wrong");
  ASSERT_TRUE(vault_.put("password", vault::Kind::password, Redacted("correct horse")));
  EXPECT_EQ(check("password", "correct horse"), "wrong") << "a secret is no user";
}

TEST_F(TheUsers, ChangeWithoutARestart) {
  set_password("erp", "battery staple");
  EXPECT_EQ(check("erp", "correct horse"), "wrong");
  EXPECT_EQ(check("erp", "battery staple"), "right");
  ASSERT_TRUE(vault_.remove(vault::entry_of_user("erp")));
  EXPECT_EQ(check("erp", "battery staple"), "wrong");
}

TEST_F(TheUsers, CannotBeCheckedWithoutTheVault) {
  std::filesystem::remove(folder_ / "truerelay.vault");
  EXPECT_NE(check("erp", "correct horse").find("there is no vault"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::app
