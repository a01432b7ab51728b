#include "io/cancellation.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

namespace truerelay::io {
namespace {

struct Told final : Cancellation::Link {
  explicit Told(
      Cancellation& source, std::function<void()> also = [] {})
      : Link(source), then(std::move(also)) {}
  void cancelled() override {
    ++times;
    then();
  }
  std::function<void()> then;
  int times = 0;
};

TEST(Cancellation, TellsEveryLinkOnce) {
  Cancellation cancellation;
  Told first(cancellation);
  Told second(cancellation);
  EXPECT_FALSE(cancellation.requested());
  cancellation.cancel();
  cancellation.cancel();
  EXPECT_TRUE(cancellation.requested());
  EXPECT_EQ(first.times, 1);
  EXPECT_EQ(second.times, 1);
}

TEST(Cancellation, DoesNotTellALinkThatHasGone) {
  Cancellation cancellation;
  Told first(cancellation);
  auto second = std::make_unique<Told>(cancellation);
  Told third(cancellation);
  second.reset();
  cancellation.cancel();
  EXPECT_EQ(first.times + third.times, 2);
}

TEST(Cancellation, ALinkMayDestroyItselfWhenItIsTold) {
  Cancellation cancellation;
  Told first(cancellation);
  std::unique_ptr<Told> second;
  second = std::make_unique<Told>(cancellation, [&second] {
    // The function dies with the link, so that nothing of it may be touched afterwards.
    const auto going = std::move(second);
  });
  cancellation.cancel();
  EXPECT_EQ(second, nullptr);
  EXPECT_EQ(first.times, 1);
}

TEST(Cancellation, LinksMayOutliveIt) {
  auto cancellation = std::make_unique<Cancellation>();
  Told first(*cancellation);
  Told second(*cancellation);
  cancellation.reset();
  EXPECT_EQ(first.times + second.times, 0);
}

TEST(Cancellation, RequestedHoldsBeforeTheFirstLinkIsTold) {
  Cancellation cancellation;
  bool requested = false;
  const Told told(cancellation, [&] { requested = cancellation.requested(); });
  cancellation.cancel();
  EXPECT_TRUE(requested);
}

}  // namespace
}  // namespace truerelay::io
