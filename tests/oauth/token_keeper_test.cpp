// An access token that is always ready: when it is asked for, and what is heard when there is none.

#include "oauth/token_keeper.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/oauth/provider.h"

namespace truerelay::oauth {
namespace {

using namespace std::chrono_literals;

using Given = std::expected<auth::Credentials, auth::Refusal>;

// A keeper with client credentials, and clients that wait for its token.
struct Kept : Stage {
  struct Wait {
    std::optional<Given> result;
    io::Time done;
  };

  TokenKeeper keeper{
      "erp@contoso.example",
      std::make_unique<ClientCredentialsSource>(
          ClientCredentialsSource::Settings{.client = {.id = "app", .secret = "secret"},
                                            .token_endpoint = "https://login.example/token",
                                            .scope = "mail"},
          parts()),
      {world, world, random(), note()}};
  io::Scope clients{world};
  std::vector<std::unique_ptr<Wait>> waits;

  Kept() { store.secrets["secret"] = "s3cret"; }
  ~Kept() { run(closed()); }

  Wait& ask(io::Duration patience = 30s) { return ask(patience, never); }
  Wait& ask(io::Duration patience, io::Cancellation& cancellation) {
    waits.push_back(std::make_unique<Wait>());
    clients.spawn(wait(*waits.back(), world.now() + patience, cancellation));
    return *waits.back();
  }
  // The token that a client gets, or why it gets none.
  std::string token(io::Duration patience = 30s) {
    Wait& client = ask(patience);
    world.run_until([&] { return client.result.has_value(); });
    return text_of(*client.result);
  }
  static std::string text_of(const Given& given) {
    return given ? std::string(given->secret.reveal())
                 : (given.error().permanent ? "554: " : "454: ") + given.error().detail;
  }
  [[nodiscard]] std::size_t requests() const { return provider.requests.size(); }
  [[nodiscard]] std::size_t notes_of(Weight weight) const {
    return static_cast<std::size_t>(
        std::ranges::count(notes, weight, &std::pair<Weight, std::string>::first));
  }

 private:
  io::Task<void> wait(Wait& into, io::Time until, io::Cancellation& cancellation) {
    Given given = co_await keeper.credentials(until, cancellation);
    into.result.emplace(std::move(given));
    into.done = world.now();
  }
  io::Task<bool> closed() {
    co_await keeper.close();
    co_return true;
  }
};

TEST(TokenKeeper, GivesTheUserAndTheToken) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  Kept::Wait& client = kept.ask();
  kept.world.run_for(1s);
  ASSERT_TRUE(client.result && *client.result);
  EXPECT_EQ((*client.result)->kind, auth::Credentials::Kind::token);
  EXPECT_EQ((*client.result)->user, "erp@contoso.example");
  EXPECT_EQ((*client.result)->secret.reveal(), "A1");
  EXPECT_EQ(kept.provider.requests[0].url, "https://login.example/token");
}

TEST(TokenKeeper, AsksForNothingBeforeSomebodyNeedsIt) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.world.run_for(24h);
  EXPECT_EQ(kept.requests(), 0U);
}

TEST(TokenKeeper, SixtyFourClientsOnAColdCacheCauseOneRequest) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  for (int i = 0; i < 64; ++i) {
    kept.ask();
  }
  kept.world.run_for(1s);
  EXPECT_EQ(kept.requests(), 1U);
  for (const auto& client : kept.waits) {
    ASSERT_TRUE(client->result);
    EXPECT_EQ(Kept::text_of(*client->result), "A1");
  }
}

TEST(TokenKeeper, AProviderThatAnswersAtOnceServesEverybodyWithOneRequest) {
  Kept kept;
  kept.provider.takes = 0s;
  kept.provider.answer(200, token_body("A1"));
  for (int i = 0; i < 64; ++i) {
    kept.ask();
  }
  kept.world.run_for(1ms);
  EXPECT_EQ(kept.requests(), 1U);
}

TEST(TokenKeeper, AWarmTokenIsGivenAtOnce) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.token();
  const io::Time before = kept.world.now();
  EXPECT_EQ(kept.token(), "A1");
  EXPECT_EQ(kept.world.now(), before);
  EXPECT_EQ(kept.requests(), 1U);
}

TEST(TokenKeeper, RenewsAheadOfTheEndAndNotAlwaysAtTheSameMoment) {
  std::set<io::Duration> moments;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Kept kept;
    for (std::uint64_t i = 0; i < seed; ++i) {
      static_cast<void>(kept.world.random().next());
    }
    kept.provider.answer(200, token_body("A1"));
    kept.provider.answer(200, token_body("A2"));
    kept.token();
    const io::Time got = kept.world.now();
    kept.world.run_until([&] { return kept.requests() == 2; });
    const io::Duration age = kept.world.now() - got;
    EXPECT_GE(age, 50min);
    EXPECT_LE(age, 55min);
    moments.insert(age);
    kept.world.run_for(1s);
    EXPECT_EQ(kept.token(), "A2");
    EXPECT_EQ(kept.requests(), 2U);
  }
  EXPECT_GT(moments.size(), 10U);
}

TEST(TokenKeeper, ATokenThatLivesForAMomentIsRenewedOnlyWhenSomebodyAsks) {
  Kept kept;
  kept.provider.answer(200, token_body("A1", "", 2));
  EXPECT_EQ(kept.token(), "A1");
  kept.world.run_for(1h);
  EXPECT_EQ(kept.requests(), 1U);
  EXPECT_EQ(kept.token(), "A1");
  EXPECT_EQ(kept.requests(), 2U);
}

TEST(TokenKeeper, ATokenIsNotHandedOutInItsLastMoment) {
  Kept kept;
  kept.provider.answer(200, token_body("A1", "", 3600));
  kept.provider.fail(io::Failure::Kind::unreachable, "no way");
  kept.token();
  const io::Time got = kept.world.now();
  kept.world.run_for(got + 3589s - kept.world.now());
  EXPECT_EQ(kept.token(), "A1");
  kept.world.run_for(got + 3591s - kept.world.now());
  EXPECT_TRUE(kept.token(0s).starts_with("454: "));
}

// --- Temporary failures ---

TEST(TokenKeeper, AClientWaitsOverAPassingFailure) {
  Kept kept;
  kept.provider.answer(503, "");
  kept.provider.answer(200, token_body("A1"));
  EXPECT_EQ(kept.token(), "A1");
  EXPECT_EQ(kept.requests(), 2U);
  EXPECT_EQ(kept.notes_of(Weight::warning), 2U);  // That it failed, and that it works again.
}

TEST(TokenKeeper, NobodyWaitsBeyondHisDeadline) {
  Kept kept;
  kept.provider.takes = 25s;
  kept.provider.answer(200, token_body("A1"));
  const io::Time begun = kept.world.now();
  Kept::Wait& hasty = kept.ask(2s);
  Kept::Wait& patient = kept.ask(30s);
  kept.world.run_for(40s);
  EXPECT_EQ(Kept::text_of(*hasty.result), "454: the token endpoint has not answered yet");
  EXPECT_EQ(hasty.done - begun, 2s);
  EXPECT_EQ(Kept::text_of(*patient.result), "A1");
  EXPECT_EQ(kept.requests(), 1U);  // Whose request went on without him.
}

TEST(TokenKeeper, ARequestEndsAfterThirtySeconds) {
  Kept kept;
  kept.provider.takes = 24h;
  kept.provider.answer(200, token_body("A1"));
  EXPECT_TRUE(
      kept.token(35s).starts_with("454: the token endpoint https://login.example/token "
                                  "gave no answer: no answer in time"));
}

TEST(TokenKeeper, AClientThatIsCancelledIsToldAtOnce) {
  Kept kept;
  kept.provider.takes = 20s;
  kept.provider.answer(200, token_body("A1"));
  io::Cancellation leaving;
  Kept::Wait& client = kept.ask(30s, leaving);
  kept.world.run_for(1s);
  leaving.cancel();
  kept.world.run_until_idle();
  ASSERT_TRUE(client.result);
  EXPECT_TRUE(Kept::text_of(*client.result).starts_with("454: "));
}

// How long it pauses between requests that all fail in this way, at the most.
void expect_pauses_up_to(io::Duration longest, const std::function<void(Kept&)>& script) {
  Kept kept;
  kept.provider.takes = 0s;
  script(kept);
  kept.ask(1s);
  kept.world.run_for(6h);
  std::vector<io::Duration> pauses;
  for (std::size_t i = 1; i < kept.requests(); ++i) {
    pauses.push_back(kept.provider.requests[i].at - kept.provider.requests[i - 1].at);
  }
  ASSERT_GT(pauses.size(), 20U);
  io::Duration most = 1s;
  for (const io::Duration pause : pauses) {
    EXPECT_GE(pause, most / 2);
    EXPECT_LE(pause, most);
    most = std::min<io::Duration>(most * 2, longest);
  }
  EXPECT_EQ(kept.notes_of(Weight::warning), 1U);  // One line for all of it.
}

TEST(TokenKeeper, AProviderOutOfOrderIsAskedLaterEachTimeUpToFifteenSeconds) {
  expect_pauses_up_to(15s, [](Kept& kept) {
    kept.provider.fail(io::Failure::Kind::name_not_resolved, "no such host");
  });
  expect_pauses_up_to(15s, [](Kept& kept) { kept.provider.answer(503, ""); });
}

TEST(TokenKeeper, AProviderThatRefusesForNowIsAskedLaterEachTimeUpToFiveMinutes) {
  expect_pauses_up_to(5min, [](Kept& kept) { kept.provider.answer(429, ""); });
  expect_pauses_up_to(
      5min, [](Kept& kept) { kept.provider.answer(400, R"({"error":"never_heard_of"})"); });
}

TEST(TokenKeeper, WhoCannotAwaitTheNextTryHearsTheReasonAtOnce) {
  Kept kept;
  kept.provider.answer(429, "");
  kept.ask(1s);
  kept.world.run_for(10min);
  const std::size_t before = kept.requests();
  const io::Time now = kept.world.now();
  EXPECT_TRUE(kept.token(1s).starts_with("454: the token endpoint answered HTTP 429"));
  EXPECT_EQ(kept.world.now(), now);
  EXPECT_EQ(kept.requests(), before);
}

TEST(TokenKeeper, RetryAfterIsHonouredUpToAQuarterOfAnHour) {
  for (const auto& [asked, kept_to] : {std::pair<io::Duration, io::Duration>{90s, 90s},
                                       std::pair<io::Duration, io::Duration>{24h, 15min}}) {
    Kept kept;
    kept.provider.takes = 0s;
    kept.provider.answer(429, "", asked);
    kept.provider.answer(200, token_body("A1"));
    kept.ask(1s);
    kept.world.run_for(30min);
    ASSERT_EQ(kept.requests(), 2U);
    EXPECT_EQ(kept.provider.requests[1].at - kept.provider.requests[0].at, kept_to);
  }
}

TEST(TokenKeeper, ATokenServesUntilItsEndWhileItsRenewalFails) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.provider.answer(500, "");
  kept.token();
  kept.world.run_for(58min);
  EXPECT_GT(kept.requests(), 2U);
  EXPECT_EQ(kept.token(0s), "A1");
  kept.world.run_for(3min);
  EXPECT_TRUE(kept.token(0s).starts_with("454: "));
}

// --- Permanent failures ---

constexpr const char* kExpired =
    R"({"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."})";

TEST(TokenKeeper, APermanentFailureIsToldWithCauseAndRemedyAndStopsAsking) {
  Kept kept;
  kept.provider.answer(401, kExpired);
  Kept::Wait& client = kept.ask();
  kept.world.run_for(10s);
  ASSERT_TRUE(client.result && !*client.result);
  const auth::Refusal& refusal = client.result->error();
  EXPECT_TRUE(refusal.permanent);
  EXPECT_EQ(refusal.kind, auth::Credentials::Kind::token);
  EXPECT_NE(refusal.detail.find("the client secret has expired"), std::string::npos);
  EXPECT_NE(refusal.remedy.find("Make a new client secret"), std::string::npos);
  for (int day = 0; day < 3; ++day) {
    kept.world.run_for(24h);
    EXPECT_TRUE(kept.token().starts_with("554: "));
  }
  EXPECT_EQ(kept.requests(), 1U);
  EXPECT_EQ(kept.notes_of(Weight::error), 1U);
}

TEST(TokenKeeper, AChangedSecretIsTriedAtTheNextDemand) {
  Kept kept;
  kept.provider.answer(401, kExpired);
  kept.provider.answer(200, token_body("A1"));
  EXPECT_TRUE(kept.token().starts_with("554: "));
  kept.store.secrets["secret"] = "new";
  kept.world.run_for(2s);
  EXPECT_EQ(kept.token(), "A1");
  EXPECT_EQ(kept.provider.sent("client_secret"), (std::vector<std::string>{"s3cret", "new"}));
}

TEST(TokenKeeper, ASecretThatIsMissingIsAskedForInTheStoreAndNotAtTheProvider) {
  Kept kept;
  kept.store.secrets.clear();
  kept.provider.answer(200, token_body("A1"));
  EXPECT_EQ(kept.token(), "554: There is no secret secret");
  EXPECT_EQ(kept.requests(), 0U);
  kept.store.secrets["secret"] = "s3cret";
  kept.world.run_for(2s);
  EXPECT_EQ(kept.token(), "A1");
}

TEST(TokenKeeper, APermanentFailureOfTheRenewalLeavesTheTokenInUse) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.provider.answer(401, kExpired);
  kept.token();
  kept.world.run_for(57min);
  EXPECT_EQ(kept.requests(), 2U);
  EXPECT_EQ(kept.token(), "A1");
  EXPECT_EQ(kept.notes_of(Weight::error), 1U);  // Told while there is still time.
  kept.world.run_for(5min);
  EXPECT_TRUE(kept.token().starts_with("554: "));
  EXPECT_EQ(kept.requests(), 2U);
}

// --- A token that the upstream refuses ---

TEST(TokenKeeper, ARefusedTokenIsReplacedOnce) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.provider.answer(200, token_body("A2"));
  kept.provider.answer(200, token_body("A3"));
  kept.token();
  const Given first = std::move(*kept.waits.back()->result);
  EXPECT_TRUE(kept.keeper.replace_refused(*first));
  EXPECT_EQ(kept.token(), "A2");
  const Given second = std::move(*kept.waits.back()->result);
  EXPECT_FALSE(kept.keeper.replace_refused(*second));
  EXPECT_EQ(kept.token(), "A2");
  EXPECT_EQ(kept.requests(), 2U);
}

TEST(TokenKeeper, ManyRefusalsOfOneTokenCauseOneRequest) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.provider.answer(200, token_body("A2"));
  kept.token();
  const Given first = std::move(*kept.waits.back()->result);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(kept.keeper.replace_refused(*first));
    kept.ask();
  }
  kept.world.run_for(1s);
  EXPECT_EQ(kept.requests(), 2U);
  EXPECT_TRUE(kept.keeper.replace_refused(*first));
  EXPECT_EQ(kept.token(), "A2");
  EXPECT_EQ(kept.requests(), 2U);
}

TEST(TokenKeeper, MuchLaterARefusalIsWorthAnotherToken) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.token();
  const Given first = std::move(*kept.waits.back()->result);
  ASSERT_TRUE(kept.keeper.replace_refused(*first));
  kept.token();
  kept.world.run_for(11min);
  EXPECT_TRUE(kept.keeper.replace_refused(*first));
}

// --- The end ---

TEST(TokenKeeper, ClosingLetsARequestEndAndTellsWhoeverWaits) {
  Kept kept;
  kept.provider.takes = 2s;
  kept.provider.answer(200, token_body("A1"));
  Kept::Wait& client = kept.ask();
  io::Scope closing(kept.world);
  closing.spawn(kept.keeper.close());
  kept.world.run_for(1s);
  EXPECT_TRUE(client.result);
  EXPECT_EQ(closing.running(), 1U);
  kept.world.run_for(1s);
  EXPECT_EQ(closing.running(), 0U);
}

TEST(TokenKeeper, ClosingDoesNotWaitForeverForAProvider) {
  Kept kept;
  kept.provider.takes = 24h;
  kept.provider.answer(200, token_body("A1"));
  kept.ask();
  io::Scope closing(kept.world);
  closing.spawn(kept.keeper.close());
  kept.world.run_for(6s);
  EXPECT_EQ(closing.running(), 0U);
}

}  // namespace
}  // namespace truerelay::oauth
