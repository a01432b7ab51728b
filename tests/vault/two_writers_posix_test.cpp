// A service and a command line that write at the same time.

#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "platform/file_lock.h"
#include "tests/vault/vault_folder.h"

namespace truerelay::vault {
namespace {

class TwoWriters : public VaultFolder {
 protected:
  void SetUp() override {
    Vault vault(file(), places());
    ASSERT_EQ(error(vault.create(std::nullopt)), "");
  }
};

TEST_F(TwoWriters, LoseNothingOfEachOther) {
  constexpr int kEach = 40;
  std::vector<pid_t> children;
  for (int writer = 0; writer < 3; ++writer) {
    const pid_t child = ::fork();
    if (child == 0) {
      Vault vault(file(), places());
      bool all = true;
      for (int i = 0; i < kEach; ++i) {
        const std::string name = std::to_string(writer) + "-" + std::to_string(i);
        all = vault.put(name, Kind::password, secret(name)).has_value() && all;
        all = (writer != 0 || i % 10 != 0 || vault.rotate_key(std::nullopt).has_value()) && all;
      }
      ::_exit(all ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  Vault vault(file(), places());
  EXPECT_EQ(vault.list().value().size(), 3U * kEach);
  EXPECT_EQ(value(vault, "2-39"), "2-39");
}

TEST_F(TwoWriters, InOneProcessAreKeptApartAsWell) {
  Vault one(file(), places());
  Vault other(file(), places());
  const auto write_all = [](Vault& vault, const std::string& prefix) {
    for (int i = 0; i < 40; ++i) {
      EXPECT_EQ(error(vault.put(prefix + std::to_string(i), Kind::password, secret("x"))), "");
      EXPECT_EQ(value(vault, prefix + "0"), "x");
    }
  };
  std::thread first([&] { write_all(one, "a"); });
  std::thread second([&] { write_all(other, "b"); });
  write_all(one, "c");
  first.join();
  second.join();
  EXPECT_EQ(one.list().value().size(), 120U);
}

TEST_F(TwoWriters, ReadersAlwaysFindAWholeVaultAndItsKey) {
  const pid_t writer = ::fork();
  if (writer == 0) {
    Vault vault(file(), places());
    bool all = vault.put("a", Kind::password, secret("x")).has_value();
    for (int i = 0; i < 100; ++i) {
      all = vault.rotate_key(std::nullopt).has_value() && all;
    }
    ::_exit(all ? 0 : 1);
  }
  int status = 0;
  int reads = 0;
  while (::waitpid(writer, &status, WNOHANG) == 0) {
    Vault vault(file(), places());
    const Result<std::vector<About>> all = vault.list();
    EXPECT_TRUE(all) << all.error();
    ++reads;
  }
  EXPECT_GT(reads, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(TwoWriters, WaitForTheLockAndGiveUpAtSomeTime) {
  Vault::Seams impatient = seams();
  impatient.lock_patience = 50ms;
  Vault vault(file(), places(), impatient);
  {
    const auto held = platform::FileLock::acquire(file().string() + ".lock", 0ms);
    ASSERT_TRUE(held);
    EXPECT_TRUE(holds(error(vault.put("a", Kind::password, secret("x"))),
                      "another process holds the lock"));
    EXPECT_TRUE(vault.list()) << "reading needs no lock";
  }
  EXPECT_EQ(error(vault.put("a", Kind::password, secret("x"))), "");
}

}  // namespace
}  // namespace truerelay::vault
