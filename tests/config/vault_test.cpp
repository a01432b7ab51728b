// [vault], and who logs in at a listener.
#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

class VaultTable : public ConfigurationFolder {
 protected:
  static constexpr std::string_view kListener =
      "[[listener]]\nname = \"erp\"\naddress = [\"127.0.0.1:2525\"]\nupstream = \"office365\"\n";

  void write_vault(std::string_view text) {
    write("truerelay.toml", std::string(kListener) + std::string(text));
  }
};

TEST_F(VaultTable, LiesBesideTheMainFileUnlessItSaysOtherwise) {
  const Vault usual = load(main_file()).value().vault;
  EXPECT_EQ(usual.file, folder_ / "truerelay.vault");
  EXPECT_EQ(usual.key_file, folder_ / "truerelay.key");
  EXPECT_TRUE(usual.passphrase_file.empty());
  write_vault(
      "[vault]\nfile = \"/var/lib/truerelay/a.vault\"\nkey_file = \"keys/a.key\"\n"
      "passphrase_file = \"words\"\n");
  const Vault chosen = load(main_file()).value().vault;
  EXPECT_EQ(chosen.file, "/var/lib/truerelay/a.vault");
  EXPECT_EQ(chosen.key_file, folder_ / "keys" / "a.key");
  EXPECT_EQ(chosen.passphrase_file, folder_ / "words");
}

TEST_F(VaultTable, CanBeReadBeforeTheRestIsRight) {
  write("truerelay.toml", "[[listener]]\nnonsense = 1\n[vault]\nfile = \"a.vault\"\n");
  EXPECT_FALSE(load(main_file()));
  EXPECT_EQ(load_vault(main_file()).value().file, folder_ / "a.vault");
}

TEST_F(VaultTable, TellsWhatIsWrongWithIt) {
  write_vault("[vault]\nflie = \"a\"\n");
  const Lines unknown{"truerelay.toml:6:1: unknown key 'flie'; did you mean 'file'?"};
  EXPECT_EQ(errors(), unknown);
  const auto alone = load_vault(main_file());
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().size(), 1U);
  write_vault("[[vault]]\nfile = \"a\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:1: the vault's keys stand below [vault], in single "
                             "brackets"}));
  EXPECT_FALSE(load_vault(folder_ / "missing.toml"));
}

class LocalLogin : public ConfigurationFolder {
 protected:
  void write_door(std::string_view address, std::string_view keys) {
    write_listener("name = \"erp\"\naddress = [\"" + std::string(address) +
                   "\"]\nupstream = \"office365\"\n" + std::string(keys));
  }
};

TEST_F(LocalLogin, IsAskedForWhereTheListenerSaysSo) {
  EXPECT_EQ(listener().auth, ClientAuth::none);
  write_door("127.0.0.1:2525", "auth = \"optional\"\n");
  EXPECT_EQ(listener().auth, ClientAuth::optional);
  write_door("127.0.0.1:2525", "auth = \"required\"\n");
  EXPECT_EQ(listener().auth, ClientAuth::required);
  EXPECT_EQ(warnings(), Lines{});
  write_door("127.0.0.1:2525", "auth = \"yes\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:8: 'auth' must be one of \"none\", \"optional\", "
                             "\"required\""}));
}

TEST_F(LocalLogin, BeyondThisMachineWithoutTlsIsAWarning) {
  const auto clear = [](std::string_view at) {
    return Lines{"truerelay.toml:" + std::string(at) +
                 ": passwords of clients go over the network in the clear to 0.0.0.0: use tls = "
                 "\"starttls\" or tls = \"implicit\""};
  };
  write_door("0.0.0.0:2525", "allow = \"10.0.0.0/8\"\nauth = \"required\"\n");
  EXPECT_EQ(warnings(), clear("6:8"));
  write_door("0.0.0.0:2525", "allow = \"10.0.0.0/8\"\n");
  EXPECT_EQ(warnings(), Lines{});
  write_upstream("preset = \"office365\"\nauth = \"passthrough\"\n");
  EXPECT_EQ(warnings(), clear("1:1")) << "the same of a login that goes through";
}

TEST_F(LocalLogin, AndALoginThatGoesThroughToTheUpstreamExcludeEachOther) {
  write_upstream("preset = \"office365\"\nauth = \"passthrough\"\n");
  write_door("127.0.0.1:2525", "auth = \"optional\"\n");
  ASSERT_EQ(errors().size(), 1U);
  EXPECT_TRUE(errors()[0].starts_with(
      "truerelay.toml:5:8: the client's login is for upstream 'office365', with auth = "
      "\"passthrough\", or for truerelay itself, not for both"))
      << errors()[0];
}

}  // namespace
}  // namespace truerelay::config
