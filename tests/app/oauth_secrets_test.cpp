// The secrets of OAuth in a real vault, of which several make use at once.

#include "app/oauth_secrets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <random>

#include "io/scope.h"
#include "net/loop.h"
#include "net/worker.h"

namespace truerelay::app {
namespace {

using namespace std::chrono_literals;
using Reserved = std::expected<std::unique_ptr<oauth::Reservation>, std::string>;

class TheStore : public testing::Test {
 protected:
  TheStore() { std::filesystem::create_directories(folder_); }
  ~TheStore() override { std::filesystem::remove_all(folder_); }

  void SetUp() override {
    ASSERT_TRUE(vault_.create(std::nullopt));
    put("R0");
  }
  void put(std::string_view token) {
    ASSERT_TRUE(vault_.put("login", vault::Kind::refresh_token, Redacted(std::string(token))));
  }
  template <class T>
  T run(io::Task<T> task) {
    std::optional<T> result;
    io::Scope scope(loop_);
    scope.spawn(store_in(std::move(task), result));
    loop_.run();
    return *std::move(result);
  }
  template <class T>
  static io::Task<void> store_in(io::Task<T> task, std::optional<T>& into) {
    T value = co_await std::move(task);
    into.emplace(std::move(value));
  }
  Reserved reserve(OAuthSecrets& secrets, std::string name, io::Duration patience) {
    return run(secrets.reserve(std::move(name), loop_.now() + patience, never_));
  }
  // The token, "missing: " or "shut: " and the sentence.
  std::string get(OAuthSecrets& secrets) {
    const std::expected<Redacted, oauth::NoSecret> secret = run(secrets.get("login"));
    return secret ? std::string(secret->reveal())
                  : (secret.error().missing ? "missing: " : "shut: ") + secret.error().sentence;
  }
  // Reads beside whatever else waits, and then asks that to stop.
  std::string get_beside() {
    std::string token;
    io::Scope scope(loop_);
    scope.spawn(get_and_stop(token));
    loop_.run();
    return token;
  }
  io::Task<void> get_and_stop(std::string& token) {
    const std::expected<Redacted, oauth::NoSecret> secret = co_await one_.get("login");
    token = secret ? std::string(secret->reveal()) : secret.error().sentence;
    stop_.cancel();
  }
  bool replace(std::string_view old, std::string_view next) {
    const std::expected<bool, std::string> done =
        run(one_.replace("login", Redacted(std::string(old)), Redacted(std::string(next))));
    EXPECT_TRUE(done) << done.error();
    return done.value_or(false);
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("truerelay-oauth-secrets-" + std::to_string(std::random_device{}()));
  vault::KeyPlaces places_{folder_ / "truerelay.key", {}, {}};
  vault::Vault vault_{folder_ / "truerelay.vault", places_};
  vault::Vault same_vault_{folder_ / "truerelay.vault", places_};
  net::Loop loop_;
  net::Worker worker_{loop_};
  io::Cancellation never_;
  io::Cancellation stop_;
  OAuthSecrets one_{vault_, worker_, loop_, loop_};
  OAuthSecrets other_{same_vault_, worker_, loop_, loop_};
};

TEST_F(TheStore, IsReservedByOneAtATime) {
  Reserved held = reserve(one_, "login", 0s);
  ASSERT_TRUE(held) << held.error();
  const Reserved refused = reserve(other_, "login", 250ms);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "another truerelay is renewing the secret 'login'");
  EXPECT_FALSE(reserve(one_, "login", 0s)) << "not even the same one has it twice";
  EXPECT_TRUE(reserve(other_, "another", 0s)) << "each name by itself";
  held->reset();
  EXPECT_TRUE(reserve(other_, "login", 0s));
  EXPECT_TRUE(reserve(one_, "login", 0s)) << "given back with the object";
}

TEST_F(TheStore, IsHadByWhoeverWaitedForIt) {
  Reserved held = reserve(one_, "login", 0s);
  ASSERT_TRUE(held);
  struct Release final : io::Timer {
    Release(io::Clock& clock, Reserved& reserved) : Timer(clock), held(reserved) {}
    void expire() override { held->reset(); }
    Reserved& held;
  };
  Release release(loop_, held);
  release.arm(loop_.now() + 200ms);
  const Reserved waited = reserve(other_, "login", 60s);
  EXPECT_TRUE(waited) << waited.error();
}

// More of them than the worker has threads; the holder needs one to be done.
TEST_F(TheStore, IsNotHeldUpByThoseWhoWait) {
  Reserved held = reserve(one_, "login", 0s);
  ASSERT_TRUE(held);
  std::vector<std::optional<Reserved>> waiting(20);
  io::Scope scope(loop_);
  for (std::optional<Reserved>& each : waiting) {
    scope.spawn(store_in(other_.reserve("login", loop_.now() + 60s, stop_), each));
  }
  EXPECT_EQ(get_beside(), "R0");
  for (const std::optional<Reserved>& each : waiting) {
    ASSERT_TRUE(each);
    EXPECT_FALSE(*each) << "they wait until they are stopped";
  }
}

TEST_F(TheStore, NeedsAVaultToBeReserved) {
  std::filesystem::remove(folder_ / "truerelay.vault");
  const Reserved refused = reserve(one_, "login", 60s);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("there is no vault"), std::string::npos) << refused.error();
}

TEST_F(TheStore, TellsWhatIsMissingFromWhatCannotBeRead) {
  EXPECT_EQ(get(one_), "R0");
  ASSERT_TRUE(vault_.remove("login"));
  EXPECT_TRUE(get(one_).starts_with("missing: there is no secret 'login'")) << get(one_);
  std::filesystem::remove(folder_ / "truerelay.vault");
  EXPECT_TRUE(get(one_).starts_with("shut: there is no vault")) << get(one_);
}

TEST_F(TheStore, ReplacesOnlyWhatStandsThere) {
  EXPECT_TRUE(replace("R0", "R1"));
  EXPECT_EQ(get(other_), "R1");
  put("N0");
  EXPECT_FALSE(replace("R1", "R2"));
  EXPECT_EQ(get(other_), "N0");
  ASSERT_TRUE(vault_.remove("login"));
  EXPECT_FALSE(replace("N0", "N1"));
  EXPECT_TRUE(get(other_).starts_with("missing: ")) << get(other_);
}

}  // namespace
}  // namespace truerelay::app
