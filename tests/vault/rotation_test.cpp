// Another key for the same contents.

#include <cstdlib>

#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class ANewKey : public VaultFolder {
 protected:
  void make(KeyPlaces from, const std::optional<Redacted>& passphrase = std::nullopt) {
    Vault vault(file(), std::move(from), seams());
    ASSERT_EQ(error(vault.create(passphrase)), "");
    ASSERT_EQ(error(vault.put("a", Kind::password, secret("x"))), "");
  }
};

TEST_F(ANewKey, TakesThePlaceOfTheOldOne) {
  make(places());
  const std::string old_key = bytes_of(key_file());
  const std::string old_file = bytes_of(file());
  Vault vault(file(), places());
  ASSERT_EQ(error(vault.rotate_key(std::nullopt)), "");
  EXPECT_NE(bytes_of(key_file()), old_key);
  EXPECT_EQ(bytes_of(key_file()).size(), 45U) << "the old one is gone";
  EXPECT_EQ(value(vault, "a"), "x");
  Vault later(file(), places());
  EXPECT_EQ(value(later, "a"), "x");
  write(key_file(), old_key);
  Vault with_old_key(file(), places());
  EXPECT_TRUE(holds(value(with_old_key, "a"), "is not the one"));
}

TEST_F(ANewKey, IsFoundByWhoeverHasTheVaultOpen) {
  make(places());
  Vault service(file(), places());
  EXPECT_EQ(value(service, "a"), "x");
  Vault vault(file(), places());
  ASSERT_EQ(error(vault.rotate_key(std::nullopt)), "");
  ASSERT_EQ(error(vault.rotate_key(std::nullopt)), "");
  EXPECT_EQ(value(service, "a"), "x");
  EXPECT_EQ(error(service.put("b", Kind::refresh_token, secret("y"))), "");
  EXPECT_EQ(value(vault, "b"), "y");
}

TEST_F(ANewKey, BehindASystemdCredentialIsNotForUsToMake) {
  make(places());
  const std::filesystem::path directory = folder_ / "credentials";
  std::filesystem::create_directories(directory);
  std::filesystem::copy(key_file(), directory / "truerelay.key");
  ::setenv("CREDENTIALS_DIRECTORY", directory.c_str(), 1);
  const std::string before = bytes_of(file());
  Vault vault(file(), places());
  const std::string refused = error(vault.rotate_key(std::nullopt));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_TRUE(holds(refused, "systemd's credential"));
  EXPECT_EQ(bytes_of(file()), before);
}

TEST_F(ANewKey, OfAnotherPassphraseOrOfTheSameOneWithANewSalt) {
  make(asking("words"), secret("words"));
  const std::string first = bytes_of(file());
  Vault vault(file(), asking("words"), seams());
  ASSERT_EQ(error(vault.rotate_key(std::nullopt)), "");
  EXPECT_NE(bytes_of(file()).substr(28, 16), first.substr(28, 16)) << "the salt";
  EXPECT_EQ(value(vault, "a"), "x");
  ASSERT_EQ(error(vault.rotate_key(secret("new words"))), "");
  Vault with_new(file(), asking("new words"));
  EXPECT_EQ(value(with_new, "a"), "x");
  Vault with_old(file(), asking("words"));
  EXPECT_TRUE(holds(value(with_old, "a"), "that is not the passphrase"));
}

// Each step of each of the three files is refused, once.
TEST_F(ANewKey, ThatCannotBeWrittenLeavesAVaultThatCanBeOpened) {
  make(places());
  int refused_step = 1;
  for (bool refused = true; refused; ++refused_step) {
    int steps = 0;
    Vault::Seams faulty = seams();
    faulty.before = [&](platform::ReplaceStep) { return ++steps == refused_step ? 5 : 0; };  // EIO
    Vault vault(file(), places(), faulty);
    refused = !vault.rotate_key(std::nullopt).has_value();
    EXPECT_EQ(refused, steps == refused_step);
    EXPECT_EQ(value(vault, "a"), "x") << "step " << refused_step;
    Vault later(file(), places());
    EXPECT_EQ(value(later, "a"), "x") << "step " << refused_step;
    EXPECT_EQ(error(later.put("b", Kind::password, secret("y"))), "") << "step " << refused_step;
  }
  EXPECT_EQ(refused_step, 17) << "of three files, five steps each, none is refused in the end";
  Vault vault(file(), places());
  ASSERT_EQ(error(vault.rotate_key(std::nullopt)), "");
  EXPECT_EQ(bytes_of(key_file()).size(), 45U) << "one key is left";
}

}  // namespace
}  // namespace truerelay::vault
