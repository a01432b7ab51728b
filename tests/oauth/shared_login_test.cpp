// Several that renew one login from one store: a service and a probe, or two upstreams.

#include <gtest/gtest.h>

#include "tests/oauth/rotation.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

struct Shared : Rotation {
  Shared() { rotating.takes = 200ms; }

  // Renews `times` times, with pauses.
  io::Task<void> renew(RefreshTokenSource& source, int times) {
    for (int i = 0; i < times; ++i) {
      const TokenResult<Token> token = co_await source.fetch(world.now() + 30s, never);
      EXPECT_TRUE(token) << token.error().cause;
      const auto pause = std::chrono::milliseconds(world.random().between(0, 400));
      static_cast<void>(co_await io::Sleep(world, world, world.now() + pause, never));
    }
  }
  static io::Task<void> keep(io::Task<TokenResult<Token>> asking,
                             std::optional<TokenResult<Token>>& into) {
    TokenResult<Token> token = co_await std::move(asking);
    into.emplace(std::move(token));
  }
};

TEST(SharedLogin, TwoSourcesNeverSendASpentToken) {
  Shared scene;
  const auto one = scene.source();
  const auto other = scene.source();
  io::Scope scope(scene.world);
  scope.spawn(scene.renew(*one, 100));
  scope.spawn(scene.renew(*other, 100));
  scene.world.run();
  EXPECT_EQ(scene.rotating.rotations, 200);
  EXPECT_FALSE(scene.rotating.reused);
  EXPECT_EQ(scene.store.secrets["login"], scene.rotating.valid);
  EXPECT_TRUE(scene.store.reserved.empty());
}

TEST(SharedLogin, WhatAnotherPutIntoTheStoreCountsMoreThanWhatIsInMemory) {
  Shared scene;
  const auto one = scene.source();
  const auto other = scene.source();
  for (int i = 1; i <= 20; i += 2) {
    EXPECT_EQ(scene.fetch(*one), "A" + std::to_string(i));
    EXPECT_EQ(scene.fetch(*other), "A" + std::to_string(i + 1));
  }
  EXPECT_FALSE(scene.rotating.reused);
}

// What stands in the store then is spent, and the other one cannot know it.
TEST(SharedLogin, WhoeverCouldNotSaveKeepsTheOthersOutUntilThatIsDone) {
  Shared scene;
  const auto one = scene.source();
  const auto other = scene.source();
  scene.store.failing_puts = 1;
  EXPECT_EQ(scene.fetch(*one), "A1");
  ASSERT_TRUE(one->unsaved());
  const auto refused = scene.run(other->fetch(scene.world.now() + 30s, scene.never));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().permanent);
  EXPECT_EQ(refused.error().cause, "another truerelay is renewing login");
  EXPECT_EQ(scene.fetch(*one), "A2") << "it holds the name itself";
  EXPECT_EQ(scene.fetch(*other), "A3");
  EXPECT_FALSE(scene.rotating.reused);
}

TEST(SharedLogin, WaitingForTheOtherLeavesTimeForTheRequest) {
  Shared scene;
  const auto one = scene.source();
  const auto other = scene.source();
  scene.rotating.takes = 25s;
  std::optional<TokenResult<Token>> first;
  io::Scope scope(scene.world);
  scope.spawn(Shared::keep(one->fetch(scene.world.now() + 30s, scene.never), first));
  scene.world.run_for(1s);
  const io::Time began = scene.world.now();
  const auto refused = scene.run(other->fetch(began + 30s, scene.never));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().permanent);
  EXPECT_LE(scene.world.now() - began, 11s);
  EXPECT_GE(scene.world.now() - began, 9s);
  scene.world.run();
  ASSERT_TRUE(first && *first);
}

TEST(SharedLogin, WaitingForTheOtherEndsWithTheWishToStop) {
  Shared scene;
  const auto other = scene.source();
  scene.store.reserved.insert("login");
  io::Cancellation stop;
  std::optional<TokenResult<Token>> second;
  io::Scope scope(scene.world);
  scope.spawn(Shared::keep(other->fetch(scene.world.now() + 30s, stop), second));
  scene.world.run_for(1s);
  EXPECT_FALSE(second);
  stop.cancel();
  scene.world.run_until_idle();
  ASSERT_TRUE(second);
  EXPECT_FALSE(*second);
  EXPECT_EQ(scene.rotating.rotations, 0);
}

TEST(SharedLogin, TheNameIsGivenBackWhereNoTokenCame) {
  Shared scene;
  const auto source = scene.source();
  scene.rotating.unreachable = 1;
  EXPECT_NE(scene.fetch(*source).find("gave no answer"), std::string::npos);
  EXPECT_TRUE(scene.store.reserved.empty());
  scene.rotating.alive = false;
  EXPECT_NE(scene.fetch(*source).find("no longer valid"), std::string::npos);
  EXPECT_TRUE(scene.store.reserved.empty());
}

TEST(SharedLogin, ThatThereIsNoSecretIsToldEvenWhileAnotherHoldsTheName) {
  Shared scene;
  const auto source = scene.source();
  scene.store.secrets.clear();
  scene.store.reserved.insert("login");
  const auto refused = scene.run(source->fetch(scene.world.now() + 30s, scene.never));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().permanent);
  EXPECT_EQ(refused.error().cause, "There is no secret login");
}

}  // namespace
}  // namespace truerelay::oauth
