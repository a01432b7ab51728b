// Where the key comes from: systemd's credential, the key file, a passphrase.

#include <cstdlib>

#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class TheKey : public VaultFolder {
 protected:
  ~TheKey() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }

  // As systemd does it, with whatever name.
  std::filesystem::path give_credential(std::string_view text) {
    const std::filesystem::path directory = folder_ / "credentials";
    std::filesystem::create_directories(directory);
    write(directory / "truerelay.key", text);
    ::setenv("CREDENTIALS_DIRECTORY", directory.c_str(), 1);
    return directory / "truerelay.key";
  }
  void make(KeyPlaces from, const std::optional<Redacted>& passphrase = std::nullopt) {
    Vault vault(file(), std::move(from), seams());
    ASSERT_EQ(error(vault.create(passphrase)), "");
    ASSERT_EQ(error(vault.put("a", Kind::password, secret("x"))), "");
  }
  std::string opened(KeyPlaces from) {
    Vault vault(file(), std::move(from), seams());
    return value(vault, "a");
  }
  std::filesystem::path passphrase_file(std::string_view text) {
    write(folder_ / "passphrase", text);
    return folder_ / "passphrase";
  }
};

TEST_F(TheKey, IsDrawnIntoAFileOfItsOwner) {
  make(places());
  EXPECT_TRUE(Key::parse(bytes_of(key_file()).substr(0, 44)));
  EXPECT_EQ(bytes_of(key_file()).size(), 45U);
  EXPECT_EQ(opened(places()), "x");
}

TEST_F(TheKey, ThatIsThereAlreadyIsKept) {
  const std::string text = std::string(Key::draw().text().reveal()) + "\n";
  write(key_file(), text);
  make(places());
  EXPECT_EQ(bytes_of(key_file()), text);
}

TEST_F(TheKey, OfACredentialComesBeforeThatOfTheFile) {
  give_credential(std::string(Key::draw().text().reveal()) + "\n");
  make(places());
  EXPECT_FALSE(std::filesystem::exists(key_file())) << "none is needed";
  EXPECT_EQ(opened(places()), "x");
  write(key_file(), Key::draw().text().reveal());
  EXPECT_EQ(opened(places()), "x");
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_TRUE(holds(opened(places()), "the key in " + key_file().string() + " is not the one"));
}

TEST_F(TheKey, OfAnotherCredentialIsNotMadeGoodByTheFile) {
  make(places());
  const auto credential = give_credential(Key::draw().text().reveal());
  EXPECT_TRUE(holds(opened(places()), "the key in " + credential.string() + " is not the one"));
}

TEST_F(TheKey, ComesFromTheFileWhereTheServiceHasOtherCredentialsOnly) {
  make(places());
  std::filesystem::remove(give_credential("x"));
  EXPECT_EQ(opened(places()), "x");
}

TEST_F(TheKey, ComesFromAPassphraseWhereTheVaultWasMadeWithOne) {
  make(asking("words"), secret("words"));
  EXPECT_FALSE(std::filesystem::exists(key_file()));
  EXPECT_EQ(opened(asking("words")), "x");
  EXPECT_TRUE(holds(opened(asking("other words")), "that is not the passphrase of the vault"));
  write(key_file(), Key::draw().text().reveal());
  EXPECT_EQ(opened(asking("words")), "x") << "a key file does not stand in for it";
}

TEST_F(TheKey, ComesFromAPassphraseFileBeforeAnybodyIsAsked) {
  make(asking("words"), secret("words"));
  KeyPlaces both = asking("other words");
  both.passphrase_file = passphrase_file("words\n");
  EXPECT_EQ(opened(both), "x");
  both.passphrase_file = folder_ / "missing";
  EXPECT_TRUE(holds(opened(both), "missing"));
}

TEST_F(TheKey, OfAPassphraseIsAskedForOnce) {
  make(asking("words"), secret("words"));
  int asked = 0;
  Vault vault(file(), {key_file(), {}, [&]() -> Result<Redacted> {
                         ++asked;
                         return secret("words");
                       }});
  EXPECT_EQ(value(vault, "a"), "x");
  EXPECT_EQ(value(vault, "a"), "x");
  EXPECT_EQ(error(vault.put("b", Kind::password, secret("y"))), "");
  EXPECT_EQ(asked, 1);
}

TEST_F(TheKey, OfAPassphraseThatNobodyCanGiveIsAskedForInAFile) {
  make(asking("words"), secret("words"));
  EXPECT_TRUE(holds(opened(places()), "name a file that holds it in \"passphrase_file\""));
}

}  // namespace
}  // namespace truerelay::vault
