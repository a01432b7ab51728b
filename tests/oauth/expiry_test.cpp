// What will end is told 30, 7 and 1 days before.

#include "oauth/expiry.h"

#include <gtest/gtest.h>

#include "io/scope.h"
#include "tests/simulation/world.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

constexpr io::WallTime kEnd{std::chrono::seconds(1'798'675'200)};  // 2026-12-31 00:00 UTC
constexpr auto kDay = 24h;

Expiry secret() { return {"the client secret \"contoso\"", kEnd, "Make a new one"}; }

TEST(Expiry, IsNotTalkedOfWhileThereIsTime) {
  EXPECT_FALSE(expiry_warning(secret(), kEnd - 31 * kDay));
  EXPECT_FALSE(expiry_warning(secret(), kEnd - 30 * kDay - 1s));
}

TEST(Expiry, IsToldWithItsDayAndTheRemedy) {
  EXPECT_EQ(expiry_warning(secret(), kEnd - 30 * kDay),
            "The client secret \"contoso\" expires in 30 days, on 2026-12-31. Make a new one");
  EXPECT_EQ(expiry_warning(secret(), kEnd - 6 * kDay - 1h),
            "The client secret \"contoso\" expires in 7 days, on 2026-12-31. Make a new one");
  EXPECT_EQ(expiry_warning(secret(), kEnd - 1h),
            "The client secret \"contoso\" expires in 1 day, on 2026-12-31. Make a new one");
  EXPECT_EQ(expiry_warning(secret(), kEnd + 1h),
            "The client secret \"contoso\" has expired on 2026-12-31. Make a new one");
}

struct Watched {
  simulation::World world{1};
  io::Cancellation over;
  std::vector<Expiry> list;
  std::vector<std::string> told;
  ExpiryWatch watch{world, world, [this] { return look_up(); },
                    [this](const std::string& warning) { told.push_back(warning); }};
  io::Scope scope{world};

  ~Watched() {
    over.cancel();
    world.run_until_idle();
  }
  void start() { scope.spawn(watch.run(over)); }
  io::Task<std::vector<Expiry>> look_up() { co_return list; }
};

TEST(ExpiryWatch, TellsFourTimesInAll) {
  Watched watched;
  watched.list = {{"the secret", watched.world.wall_now() + 40 * kDay, "Mend it"}};
  watched.start();
  watched.world.run_for(60 * kDay);
  ASSERT_EQ(watched.told.size(), 4U);
  EXPECT_TRUE(watched.told[0].starts_with("The secret expires in 30 days"));
  EXPECT_TRUE(watched.told[1].starts_with("The secret expires in 7 days"));
  EXPECT_TRUE(watched.told[2].starts_with("The secret expires in 1 day"));
  EXPECT_TRUE(watched.told[3].starts_with("The secret has expired"));
}

TEST(ExpiryWatch, TellsAtOnceWhatIsClose) {
  Watched watched;
  watched.list = {{"the secret", watched.world.wall_now() + 5 * kDay, "Mend it"}};
  watched.start();
  EXPECT_EQ(watched.told.size(), 1U);
  watched.world.run_for(1 * kDay);
  EXPECT_EQ(watched.told.size(), 1U);
}

TEST(ExpiryWatch, ASecretThatWasReplacedIsQuietAndTellsAnewLater) {
  Watched watched;
  watched.list = {{"the secret", watched.world.wall_now() + 5 * kDay, "Mend it"}};
  watched.start();
  watched.list[0].at += 365 * kDay;
  watched.world.run_for(10 * kDay);
  EXPECT_EQ(watched.told.size(), 1U);
  watched.world.run_for(335 * kDay);
  EXPECT_EQ(watched.told.size(), 2U);
}

}  // namespace
}  // namespace truerelay::oauth
