// The process dies at each step of each write; what it leaves behind can be opened and written to.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class ACrash : public VaultFolder {
 protected:
  // Whether `act` reached its end in a process that dies before step `step` of all that it writes.
  bool dies_before(int step, void (*act)(Vault&)) {
    const pid_t child = ::fork();
    if (child == 0) {
      int steps = 0;
      Vault::Seams deadly = seams();
      deadly.before = [&](platform::ReplaceStep) {
        if (++steps == step) {
          ::kill(::getpid(), SIGKILL);
        }
        return 0;
      };
      Vault vault(file(), places_, deadly);
      act(vault);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }
  std::string now_held(std::string_view name) {
    Vault vault(file(), places_);
    return value(vault, name);
  }

  KeyPlaces places_ = places();
};

TEST_F(ACrash, WhileASecretIsWrittenLeavesTheOldOneOrTheNewOne) {
  {
    Vault vault(file(), places_);
    ASSERT_EQ(error(vault.create(std::nullopt)), "");
    ASSERT_EQ(error(vault.put("token", Kind::refresh_token, secret("old"))), "");
  }
  const std::string before = bytes_of(file());
  std::vector<std::string> held;
  int step = 1;
  while (dies_before(step, [](Vault& vault) {
    static_cast<void>(vault.put("token", Kind::refresh_token, secret("new")));
  })) {
    held.push_back(now_held("token"));
    write(file(), before);
    ++step;
  }
  EXPECT_EQ(held, (std::vector<std::string>{"old", "old", "old", "old", "new"}));
  EXPECT_EQ(now_held("token"), "new") << "and what was left behind is in nobody's way";
  EXPECT_FALSE(std::filesystem::exists(file().string() + ".new"));
}

TEST_F(ACrash, WhileTheKeyIsChangedLeavesAVaultThatItsKeyFileOpens) {
  {
    Vault vault(file(), places_);
    ASSERT_EQ(error(vault.create(std::nullopt)), "");
    ASSERT_EQ(error(vault.put("token", Kind::refresh_token, secret("kept"))), "");
  }
  int step = 1;
  while (
      dies_before(step, [](Vault& vault) { static_cast<void>(vault.rotate_key(std::nullopt)); })) {
    EXPECT_EQ(now_held("token"), "kept") << "step " << step;
    Vault vault(file(), places_);
    EXPECT_EQ(error(vault.put("other", Kind::password, secret("x"))), "") << "step " << step;
    ++step;
  }
  EXPECT_EQ(step - 1, 15);
  EXPECT_EQ(now_held("token"), "kept");
  EXPECT_EQ(bytes_of(key_file()).size(), 45U) << "one key is left";
}

TEST_F(ACrash, WhileThePassphraseIsChangedLeavesTheOldOneOrTheNewOne) {
  places_ = asking("old words");
  {
    Vault vault(file(), places_, seams());
    ASSERT_EQ(error(vault.create(secret("old words"))), "");
    ASSERT_EQ(error(vault.put("token", Kind::refresh_token, secret("kept"))), "");
  }
  const std::string before = bytes_of(file());
  int step = 1;
  while (dies_before(
      step, [](Vault& vault) { static_cast<void>(vault.rotate_key(secret("new words"))); })) {
    Vault with_old(file(), asking("old words"));
    Vault with_new(file(), asking("new words"));
    EXPECT_EQ(value(with_old, "token") == "kept", step < 5) << "step " << step;
    EXPECT_EQ(value(with_new, "token") == "kept", step == 5) << "step " << step;
    write(file(), before);
    ++step;
  }
  EXPECT_EQ(step - 1, 5);
}

TEST_F(ACrash, WhileTheVaultIsMadeDoesNotKeepItFromBeingMade) {
  for (int step = 1;
       dies_before(step, [](Vault& vault) { static_cast<void>(vault.create(std::nullopt)); });
       ++step) {
    Vault vault(file(), places_);
    if (!vault.exists()) {
      EXPECT_EQ(error(vault.create(std::nullopt)), "") << "step " << step;
    }
    EXPECT_EQ(error(vault.put("a", Kind::password, secret("x"))), "") << "step " << step;
    EXPECT_EQ(value(vault, "a"), "x") << "step " << step;
    std::filesystem::remove(file());
    std::filesystem::remove(key_file());
  }
}

}  // namespace
}  // namespace truerelay::vault
