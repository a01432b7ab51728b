// A refresh token that the provider replaces with every use: the only valid one is never lost, and
// a spent one is never sent.

#include <gtest/gtest.h>

#include <set>

#include "oauth/refresh_token_source.h"
#include "oauth/token_keeper.h"
#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

// A provider with rotation and reuse detection: a token that was replaced ends the grant.
class RotatingProvider final : public TokenEndpoint {
 public:
  explicit RotatingProvider(std::string first) : valid(std::move(first)) {}

  io::Task<io::Result<Answer>> post(std::string /*url*/, Form form, io::Time /*deadline*/,
                                    io::Cancellation& /*cancellation*/) override {
    const std::string sent = value_of(form, "refresh_token").value_or("");
    if (!alive || sent != valid) {
      reused = reused || spent.contains(sent);
      alive = false;
      co_return answer_of(400, R"({"error":"invalid_grant"})");
    }
    if (unreachable > 0) {
      --unreachable;
      co_return io::fail(io::Failure::Kind::reset, "the line broke before it was asked");
    }
    spent.insert(valid);
    valid = "R" + std::to_string(++rotations);
    co_return answer_of(200, bad_access
                                 ? R"({"access_token":"A\n","refresh_token":")" + valid + "\"}"
                                 : token_body("A" + std::to_string(rotations), valid));
  }

  std::string valid;
  std::set<std::string> spent;
  int rotations = 0;
  int unreachable = 0;
  bool bad_access = false;
  bool alive = true;
  bool reused = false;
};

struct Rotation : Stage {
  RotatingProvider rotating{"R0"};

  Rotation() { store.secrets["login"] = "R0"; }
  [[nodiscard]] std::unique_ptr<RefreshTokenSource> source() {
    return std::make_unique<RefreshTokenSource>(
        RefreshTokenSource::Settings{.client = {.id = "app"},
                                     .refresh_token = "login",
                                     .token_endpoint = "https://login.example/token"},
        SourceParts{rotating, store, parts().proof}, note());
  }
  std::string fetch(RefreshTokenSource& source) {
    const TokenResult<Token> token = run(source.fetch(world.now() + 30s, never));
    return token ? std::string(token->access.reveal()) : token.error().cause;
  }
  bool save(RefreshTokenSource& source) { return run(saved(source)); }
  static io::Task<bool> saved(RefreshTokenSource& source) {
    co_await source.save();
    co_return !source.unsaved();
  }
};

TEST(Rotation, TheNewTokenIsSavedBeforeTheAccessTokenIsOfUse) {
  Rotation scene;
  const auto source = scene.source();
  bool fetched = false;
  std::string seen;
  scene.store.when_put = [&] { seen = fetched ? "too late" : scene.store.secrets["login"]; };
  EXPECT_EQ(scene.fetch(*source), "A1");
  fetched = true;
  EXPECT_EQ(seen, "R1");
  EXPECT_EQ(scene.store.secrets["login"], scene.rotating.valid);
}

TEST(Rotation, EachTokenIsUsedOnce) {
  Rotation scene;
  const auto source = scene.source();
  for (int i = 1; i <= 500; ++i) {
    EXPECT_EQ(scene.fetch(*source), "A" + std::to_string(i));
    EXPECT_EQ(scene.store.secrets["login"], scene.rotating.valid);
  }
  EXPECT_FALSE(scene.rotating.reused);
}

TEST(Rotation, AProviderThatKeepsTheTokenCausesNoWriting) {
  Rotation scene;
  scene.provider.answer(200, token_body("A1"));
  scene.provider.answer(200, token_body("A2", "R0"));
  RefreshTokenSource source({.client = {.id = "app"}, .refresh_token = "login"}, scene.parts(),
                            scene.note());
  EXPECT_EQ(scene.fetch(source), "A1");
  EXPECT_EQ(scene.fetch(source), "A2");
  EXPECT_EQ(scene.store.puts, 0);
}

TEST(Rotation, AFaultOfTheNetworkDiscardsNothing) {
  Rotation scene;
  const auto source = scene.source();
  scene.rotating.unreachable = 5;
  for (int i = 0; i < 5; ++i) {
    EXPECT_NE(scene.fetch(*source).find("gave no answer"), std::string::npos);
  }
  EXPECT_EQ(scene.store.secrets["login"], "R0");
  EXPECT_EQ(scene.fetch(*source), "A1");
}

TEST(Rotation, WhatCannotBeSavedIsUsedFromMemoryAndComplainedOfLoudlyOnce) {
  Rotation scene;
  const auto source = scene.source();
  scene.store.failing_puts = 1000;
  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(scene.fetch(*source), "A" + std::to_string(i));
    EXPECT_TRUE(source->unsaved());
    EXPECT_EQ(scene.store.secrets["login"], "R0");
  }
  EXPECT_FALSE(scene.rotating.reused);
  ASSERT_EQ(scene.notes.size(), 1U);
  EXPECT_EQ(scene.notes[0].first, Weight::error);
  EXPECT_NE(scene.notes[0].second.find("The disk is full. It is used from memory"),
            std::string::npos);
  scene.store.failing_puts = 0;
  EXPECT_TRUE(scene.save(*source));
  EXPECT_EQ(scene.store.secrets["login"], scene.rotating.valid);
  EXPECT_EQ(scene.notes.size(), 2U);
}

// A write may be reported as failed and have happened all the same: the disk is then one behind.
TEST(Rotation, ASaveThatFailedAfterWritingDoesNotBringBackASpentToken) {
  Rotation scene;
  const auto source = scene.source();
  scene.store.failing_puts = 1;
  scene.store.written_all_the_same = true;
  EXPECT_EQ(scene.fetch(*source), "A1");
  EXPECT_EQ(scene.store.secrets["login"], "R1");
  scene.store.failing_puts = 1;
  scene.store.written_all_the_same = false;
  EXPECT_EQ(scene.fetch(*source), "A2");
  EXPECT_EQ(scene.store.secrets["login"], "R1");  // Spent by now.
  EXPECT_EQ(scene.fetch(*source), "A3");
  EXPECT_FALSE(scene.rotating.reused);
  EXPECT_EQ(scene.store.secrets["login"], "R3");
}

TEST(Rotation, AnOldCopyOfTheStoreDoesNotBringBackASpentToken) {
  Rotation scene;
  const auto source = scene.source();
  scene.fetch(*source);
  scene.fetch(*source);
  scene.store.secrets["login"] = "R0";
  EXPECT_EQ(scene.fetch(*source), "A3");
  EXPECT_EQ(scene.store.secrets["login"], "R3");
  EXPECT_FALSE(scene.rotating.reused);
}

TEST(Rotation, ANewRefreshTokenIsKeptEvenWhereTheAccessTokenIsOfNoUse) {
  Rotation scene;
  const auto source = scene.source();
  scene.rotating.bad_access = true;
  EXPECT_NE(scene.fetch(*source).find("no SMTP command can carry"), std::string::npos);
  EXPECT_EQ(scene.store.secrets["login"], "R1");
  scene.rotating.bad_access = false;
  EXPECT_EQ(scene.fetch(*source), "A2");
}

TEST(Rotation, APersonsNewLoginCountsMoreThanWhatIsInMemory) {
  Rotation scene;
  const auto source = scene.source();
  scene.store.failing_puts = 1000;
  scene.fetch(*source);
  scene.store.secrets["login"] = "N0";
  scene.rotating.valid = "N0";
  EXPECT_TRUE(scene.save(*source));
  EXPECT_EQ(scene.store.secrets["login"], "N0");
  EXPECT_EQ(scene.fetch(*source), "A2");
}

TEST(Rotation, ALoginOfAPersonDuringARequestIsNotWrittenOver) {
  Rotation scene;
  scene.provider.answer(200, token_body("A1", "R1"));
  scene.provider.asked = [&](const Form&) { scene.store.secrets["login"] = "N0"; };
  RefreshTokenSource source({.client = {.id = "app"}, .refresh_token = "login"}, scene.parts(),
                            scene.note());
  EXPECT_EQ(scene.fetch(source), "A1");
  EXPECT_EQ(scene.store.secrets["login"], "N0");
}

// The process ends at a moment that it did not choose, and another begins with what is on the disk.
TEST(Rotation, AProcessThatEndsAroundASaveLeavesAValidTokenBehind) {
  Rotation scene;
  for (int i = 0; i < 500; ++i) {
    const auto source = scene.source();
    for (std::uint64_t uses = scene.world.random().between(0, 3); uses > 0; --uses) {
      scene.fetch(*source);
    }
    EXPECT_EQ(scene.store.secrets["login"], scene.rotating.valid) << i;
  }
  EXPECT_FALSE(scene.rotating.reused);
}

TEST(Rotation, ADeadGrantIsTriedAgainAfterAPersonLoggedIn) {
  Rotation scene;
  const auto source = scene.source();
  scene.rotating.alive = false;
  EXPECT_NE(scene.fetch(*source).find("no longer valid"), std::string::npos);
  EXPECT_FALSE(scene.run(source->changed()));
  scene.store.secrets["login"] = "N0";
  EXPECT_TRUE(scene.run(source->changed()));
  scene.rotating.alive = true;
  scene.rotating.valid = "N0";
  EXPECT_EQ(scene.fetch(*source), "A1");
  EXPECT_FALSE(scene.run(source->changed()));
}

TEST(Rotation, TheKeeperSavesAsSoonAsThatIsPossible) {
  Rotation scene;
  TokenKeeper keeper("erp@contoso.example", scene.source(),
                     {scene.world, scene.world, scene.random(), scene.note()});
  scene.store.failing_puts = 3;
  const auto given = scene.run(keeper.credentials(scene.world.now() + 30s, scene.never));
  ASSERT_TRUE(given);
  EXPECT_EQ(given->secret.reveal(), "A1");
  EXPECT_EQ(scene.store.secrets["login"], "R0");
  scene.world.run_for(1min);
  EXPECT_EQ(scene.store.secrets["login"], "R1");
  EXPECT_EQ(scene.rotating.rotations, 1);
  io::Scope closing(scene.world);
  closing.spawn(keeper.close());
  scene.world.run_for(1s);
}

}  // namespace
}  // namespace truerelay::oauth
