// The vault, its key and its lock are for their owner alone.

#include <sys/stat.h>
#include <unistd.h>

#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class Permissions : public VaultFolder {
 protected:
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat facts{};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 07777U;
  }
};

TEST_F(Permissions, AreTheOwnersWhateverTheUmask) {
  const mode_t before = ::umask(0);
  Vault vault(file(), places());
  EXPECT_EQ(error(vault.create(std::nullopt)), "");
  EXPECT_EQ(error(vault.put("a", Kind::password, secret("x"))), "");
  EXPECT_EQ(error(vault.rotate_key(std::nullopt)), "");
  ::umask(before);
  EXPECT_EQ(mode_of(file()), 0600U);
  EXPECT_EQ(mode_of(key_file()), 0600U);
  EXPECT_EQ(mode_of(file().string() + ".lock"), 0600U);
}

TEST_F(Permissions, ThatOpenTheVaultOrItsKeyToOthersAreRefused) {
  Vault vault(file(), places());
  ASSERT_EQ(error(vault.create(std::nullopt)), "");
  ASSERT_EQ(error(vault.put("a", Kind::password, secret("x"))), "");
  for (const std::filesystem::path& path : {file(), key_file()}) {
    for (const mode_t mode : {0640U, 0604U, 0660U, 0644U}) {
      ::chmod(path.c_str(), mode);
      Vault later(file(), places());
      EXPECT_TRUE(holds(value(later, "a"), "chmod 600 " + path.string()));
      EXPECT_TRUE(holds(error(later.put("a", Kind::password, secret("y"))), "chmod 600 "));
    }
    ::chmod(path.c_str(), 0600);
  }
  EXPECT_EQ(value(vault, "a"), "x");
}

TEST_F(Permissions, OfWhatRootMakesAreTheServices) {
  if (::geteuid() != 0) {
    // Whoever is not root can neither give files away nor needs to.
    Vault vault(file(), places());
    EXPECT_EQ(error(vault.create(std::nullopt)), "");
    return;
  }
  constexpr uid_t kService = 65534;
  ASSERT_EQ(::chown(folder_.c_str(), kService, kService), 0);
  Vault vault(file(), places());
  ASSERT_EQ(error(vault.create(std::nullopt)), "");
  ASSERT_EQ(error(vault.put("a", Kind::password, secret("x"))), "");
  for (const std::filesystem::path& path :
       {file(), key_file(), std::filesystem::path(file().string() + ".lock")}) {
    struct stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_uid, kService) << path;
  }
}

}  // namespace
}  // namespace truerelay::vault
