// An access token that is always ready: when it is asked for, and what is heard when there is none.

#include "oauth/token_keeper.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/oauth/rotation.h"

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

  // A keeper to which chance has something else to say for each `seed`.
  explicit Kept(std::uint64_t seed = 0) {
    store.secrets["secret"] = "s3cret";
    for (std::uint64_t i = 0; i < seed; ++i) {
      static_cast<void>(world.random().next());
    }
  }
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
    Kept kept(seed);
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

// The pauses between the first twenty requests of a keeper that draws from this seed.
std::vector<io::Duration> pauses_of(std::uint64_t seed) {
  Kept kept(seed);
  kept.provider.takes = 0s;
  kept.provider.answer(503, "");
  kept.ask(1s);
  kept.world.run_until([&] { return kept.requests() == 20; });
  std::vector<io::Duration> pauses;
  for (std::size_t i = 1; i < 20; ++i) {
    pauses.push_back(kept.provider.requests[i].at - kept.provider.requests[i - 1].at);
  }
  return pauses;
}

// Many machines whose provider comes back do not all ask it at the same moment.
TEST(TokenKeeper, TwoOfThemDoNotTryAgainAtTheSameMoments) {
  std::set<io::Duration> third_pauses;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(pauses_of(seed), pauses_of(seed)) << "seed " << seed;
    EXPECT_NE(pauses_of(seed), pauses_of(seed + 20)) << "seed " << seed;
    third_pauses.insert(pauses_of(seed)[2]);
  }
  EXPECT_GT(third_pauses.size(), 15U);
  EXPECT_GT(*third_pauses.rbegin() - *third_pauses.begin(), 1s) << "of 2 s to 4 s";
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

TEST(TokenKeeper, HoweverManyWaitAndHoweverLongThereIsOneLoudLine) {
  Kept kept;
  kept.provider.answer(401, kExpired);
  for (int hour = 0; hour < 48; ++hour) {
    for (int i = 0; i < 64; ++i) {
      kept.ask();
    }
    kept.world.run_for(1h);
  }
  for (const auto& client : kept.waits) {
    ASSERT_TRUE(client->result);
    EXPECT_TRUE(Kept::text_of(*client->result).starts_with("554: "));
  }
  EXPECT_EQ(kept.requests(), 1U);
  ASSERT_EQ(kept.notes.size(), 1U);
  EXPECT_EQ(kept.notes[0].first, Weight::error);
}

// A passing failure that becomes a lasting one is worth two lines, and what follows none.
TEST(TokenKeeper, APassingFailureIsToldOnceHoweverOftenItIsTried) {
  Kept kept;
  for (int i = 0; i < 50; ++i) {
    kept.provider.answer(503, "");
  }
  kept.provider.answer(401, kExpired);
  for (int minute = 0; minute < 120; ++minute) {
    kept.ask(1s);
    kept.world.run_for(1min);
  }
  EXPECT_EQ(kept.requests(), 51U);
  EXPECT_EQ(kept.notes_of(Weight::warning), 1U);
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

// Refuses for good, and takes two seconds to see whether a person has changed something.
class SlowToReconsider final : public TokenSource {
 public:
  explicit SlowToReconsider(simulation::World& world) : world_(world) {}
  io::Task<TokenResult<Token>> fetch(io::Time /*deadline*/,
                                     io::Cancellation& /*cancellation*/) override {
    co_return std::unexpected(TokenFailure{.permanent = true, .cause = "no", .remedy = "Ask"});
  }
  io::Task<bool> changed() override {
    co_await io::Sleep(world_, world_, world_.now() + 2s, never_);
    co_return false;
  }

 private:
  simulation::World& world_;
  io::Cancellation never_;
};

TEST(TokenKeeper, ALookIntoTheStoreThatTakesLongKeepsNobodyWaitingForEver) {
  Stage stage;
  TokenKeeper keeper("erp@contoso.example", std::make_unique<SlowToReconsider>(stage.world),
                     {stage.world, stage.world, stage.random(), stage.note()});
  for (int i = 0; i < 3; ++i) {
    const io::Time began = stage.world.now();
    const Given given = stage.run(keeper.credentials(began + 30s, stage.never));
    ASSERT_FALSE(given);
    EXPECT_TRUE(given.error().permanent);
    EXPECT_LE(stage.world.now() - began, 4s) << i;
  }
  io::Scope closing(stage.world);
  closing.spawn(keeper.close());
  stage.world.run_for(1s);
}

TEST(TokenKeeper, ClosingBreaksOffARequestWhoseAnswerNobodyMisses) {
  Kept kept;
  kept.provider.takes = 20s;
  kept.provider.answer(200, token_body("A1"));
  Kept::Wait& client = kept.ask();
  kept.world.run_for(1s);
  io::Scope closing(kept.world);
  closing.spawn(kept.keeper.close());
  kept.world.run_for(1ms);
  EXPECT_EQ(closing.running(), 0U);
  ASSERT_TRUE(client.result);
  EXPECT_EQ(Kept::text_of(*client.result), "454: truerelay is being stopped");
  EXPECT_EQ(kept.notes.size(), 0U) << "which is no failure to be told of";
}

// A keeper of a login, whose provider replaces the refresh token with every use.
struct KeptLogin : Rotation {
  TokenKeeper keeper{"erp@contoso.example", source(), {world, world, random(), note()}};
  std::optional<Given> given;
  io::Scope clients{world};
  io::Scope closing{world};

  void ask() { clients.spawn(wait()); }
  void close() { closing.spawn(keeper.close()); }

 private:
  io::Task<void> wait() {
    Given got = co_await keeper.credentials(world.now() + 30s, never);
    given.emplace(std::move(got));
  }
};

TEST(TokenKeeper, ClosingAwaitsAnAnswerThatMayBringANewRefreshToken) {
  KeptLogin kept;
  kept.rotating.takes = 15s;
  kept.ask();
  kept.world.run_for(1s);
  kept.close();
  kept.world.run_for(1s);
  EXPECT_TRUE(kept.given) << "whoever waits is told at once";
  EXPECT_EQ(kept.closing.running(), 1U);
  kept.world.run_for(14s);
  EXPECT_EQ(kept.closing.running(), 0U);
  EXPECT_EQ(kept.store.secrets["login"], "R1");
}

TEST(TokenKeeper, ClosingDoesNotAwaitItForEver) {
  KeptLogin kept;
  kept.rotating.takes = 24h;
  kept.ask();
  kept.world.run_for(1s);
  kept.close();
  kept.world.run_for(19s);
  EXPECT_EQ(kept.closing.running(), 1U);
  kept.world.run_for(2s);
  EXPECT_EQ(kept.closing.running(), 0U);
}

TEST(TokenKeeper, WhileTheServiceIsBeingStoppedNothingIsAskedForAheadOfTime) {
  Kept kept;
  kept.provider.answer(200, token_body("A1"));
  kept.provider.answer(200, token_body("A2"));
  kept.token();
  kept.keeper.rest();
  kept.world.run_for(59min);
  EXPECT_EQ(kept.requests(), 1U) << "it would have been renewed by now";
  EXPECT_EQ(kept.token(), "A1");
  kept.world.run_for(2min);
  EXPECT_EQ(kept.token(), "A2") << "a message under way may need one";
  EXPECT_EQ(kept.requests(), 2U);
}

TEST(TokenKeeper, WhileTheServiceIsBeingStoppedOnlyThoseWhoWaitHaveItTriedAgain) {
  Kept kept;
  kept.provider.takes = 0s;
  kept.provider.answer(503, "");
  kept.keeper.rest();
  kept.ask(20s);
  kept.world.run_for(20s);
  const std::size_t requests = kept.requests();
  EXPECT_GT(requests, 2U);
  kept.world.run_for(1h);
  EXPECT_EQ(kept.requests(), requests);
}

}  // namespace
}  // namespace truerelay::oauth
