#include "relay/duplicates.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "io/scope.h"
#include "tests/digest/known_key.h"
#include "tests/io/manual_loop.h"

namespace truerelay::relay {
namespace {

using namespace std::chrono_literals;
using truerelay::testing::known_key;
using truerelay::testing::ManualLoop;

const smtp::Reply kAccepted(250, "2.0.0 Queued as 4711");

class DuplicatesTest : public ::testing::Test {
 protected:
  static digest::Digest message(std::string_view name) {
    MessageIdentity identity;
    identity.reverse_path = name;
    return digest_of(known_key(), std::move(identity));
  }

  // What find() says, on one line.
  std::string answer_to(const digest::Digest& digest) {
    const smtp::Reply* known = duplicates.find(digest);
    return known != nullptr ? smtp::one_line(*known) : "unknown";
  }

  // A copy of `digest` that comes now: what settled() returned, once it did.
  using Outcome = std::shared_ptr<std::optional<bool>>;
  Outcome copy_comes(const digest::Digest& digest, io::Duration patience = 1h) {
    auto outcome = std::make_shared<std::optional<bool>>();
    scope.spawn(wait(duplicates, digest, loop.now() + patience, cancellation, outcome));
    loop.run_jobs();
    return outcome;
  }

  static io::Task<void> wait(Duplicates& duplicates, digest::Digest digest, io::Time until,
                             io::Cancellation& cancellation, Outcome outcome) {
    const bool settled = co_await duplicates.settled(digest, until, cancellation);
    *outcome = settled;
  }

  ManualLoop loop;
  io::Cancellation cancellation;
  Duplicates duplicates{known_key(), loop, loop};
  io::Scope scope{loop};
  const digest::Digest invoice = message("invoice");
  const digest::Digest letter = message("letter");
};

using MemoryOfAcceptances = DuplicatesTest;
using CopyOfAMessageUnderWay = DuplicatesTest;

TEST_F(MemoryOfAcceptances, GivesBackTheReplyAsTheUpstreamSaidIt) {
  const smtp::Reply said(250, {"2.0.0 Ok", "2.0.0 Queued as 4711"});
  duplicates.remember(invoice, said, loop.now() + 30min);
  ASSERT_NE(duplicates.find(invoice), nullptr);
  EXPECT_EQ(*duplicates.find(invoice), said);
  EXPECT_EQ(duplicates.find(letter), nullptr);
}

TEST_F(MemoryOfAcceptances, EndsWithTheWindowOfEachMessage) {
  duplicates.remember(invoice, kAccepted, loop.now() + 30min);
  duplicates.remember(letter, kAccepted, loop.now() + 10min);
  loop.advance(10min - 1us);
  EXPECT_NE(duplicates.find(letter), nullptr);
  loop.advance(1us);
  EXPECT_EQ(duplicates.find(letter), nullptr);
  EXPECT_NE(duplicates.find(invoice), nullptr);
  loop.advance(20min);
  EXPECT_EQ(duplicates.find(invoice), nullptr);
}

TEST_F(MemoryOfAcceptances, KeepsTheLatestOfOneMessage) {
  duplicates.remember(invoice, {250, "first"}, loop.now() + 1min);
  duplicates.remember(invoice, {250, "second"}, loop.now() + 30min);
  EXPECT_EQ(answer_to(invoice), "250 second");
  loop.advance(5min);
  EXPECT_EQ(answer_to(invoice), "250 second");
}

TEST_F(MemoryOfAcceptances, ForgetsTheOldestWhereThereAreTooMany) {
  for (std::size_t i = 0; i < Duplicates::kMostEntries; ++i) {
    duplicates.remember(message(std::to_string(i)), kAccepted, loop.now() + 30min);
  }
  duplicates.remember(message("1"), kAccepted, loop.now() + 30min);  // Not one more, but younger.
  EXPECT_NE(duplicates.find(message("0")), nullptr);
  duplicates.remember(invoice, kAccepted, loop.now() + 30min);
  EXPECT_EQ(duplicates.find(message("0")), nullptr);
  duplicates.remember(letter, kAccepted, loop.now() + 30min);
  EXPECT_NE(duplicates.find(message("1")), nullptr);
  EXPECT_EQ(duplicates.find(message("2")), nullptr);
  EXPECT_NE(duplicates.find(message("3")), nullptr);
  EXPECT_NE(duplicates.find(invoice), nullptr);
}

TEST_F(MemoryOfAcceptances, ForgetsTheOldestWhereTheRepliesAreTooLong) {
  const smtp::Reply long_reply(250, std::string(16 * 1024, 'x'));
  const std::size_t fit = Duplicates::kMostOctets / (16 * 1024);
  for (std::size_t i = 0; i < fit; ++i) {
    duplicates.remember(message(std::to_string(i)), long_reply, loop.now() + 30min);
  }
  EXPECT_NE(duplicates.find(message("0")), nullptr);
  duplicates.remember(invoice, {250, "x"}, loop.now() + 30min);
  EXPECT_EQ(duplicates.find(message("0")), nullptr);
  EXPECT_NE(duplicates.find(message("1")), nullptr);
  EXPECT_NE(duplicates.find(invoice), nullptr);
}

TEST_F(CopyOfAMessageUnderWay, GoesOnAtOnceWhereNothingIsUnderWay) {
  EXPECT_EQ(*copy_comes(invoice), true);
}

TEST_F(CopyOfAMessageUnderWay, IsNotHeldUpByAClientThatIsStillThere) {
  const Duplicates::Ticket first(duplicates, invoice);
  EXPECT_EQ(*copy_comes(invoice), true);
}

TEST_F(CopyOfAMessageUnderWay, IsNotHeldUpByAnotherMessage) {
  Duplicates::Ticket first(duplicates, letter);
  first.leave();
  EXPECT_EQ(*copy_comes(invoice), true);
}

TEST_F(CopyOfAMessageUnderWay, WaitsForTheAnswerThatTheClientOfTheFirstDoesNotHear) {
  auto first = std::make_unique<Duplicates::Ticket>(duplicates, invoice);
  first->leave();
  const Outcome second = copy_comes(invoice);
  loop.advance(5min);
  EXPECT_FALSE(second->has_value());
  duplicates.remember(invoice, kAccepted, loop.now() + 30min);
  loop.run_jobs();
  EXPECT_FALSE(second->has_value());
  first.reset();
  EXPECT_FALSE(second->has_value());  // From the loop, not inside of the destructor.
  loop.run_jobs();
  EXPECT_EQ(*second, true);
  EXPECT_EQ(answer_to(invoice), "250 2.0.0 Queued as 4711");
  EXPECT_EQ(loop.next_expiry(), io::Time::max());
}

TEST_F(CopyOfAMessageUnderWay, GoesOnUnansweredWhereTheFirstWasNotAccepted) {
  auto first = std::make_unique<Duplicates::Ticket>(duplicates, invoice);
  first->leave();
  const Outcome second = copy_comes(invoice);
  first.reset();
  loop.run_jobs();
  EXPECT_EQ(*second, true);
  EXPECT_EQ(answer_to(invoice), "unknown");
}

TEST_F(CopyOfAMessageUnderWay, WaitsForEveryCopyWhoseClientHasLeft) {
  auto first = std::make_unique<Duplicates::Ticket>(duplicates, invoice);
  auto second = std::make_unique<Duplicates::Ticket>(duplicates, invoice);
  first->leave();
  first->leave();  // Counts once.
  second->leave();
  const Outcome third = copy_comes(invoice);
  first.reset();
  loop.run_jobs();
  EXPECT_FALSE(third->has_value());
  second.reset();
  loop.run_jobs();
  EXPECT_EQ(*third, true);
}

TEST_F(CopyOfAMessageUnderWay, GoesOnTogetherWithEveryOtherCopyOfTheSameMessage) {
  auto first = std::make_unique<Duplicates::Ticket>(duplicates, invoice);
  auto other = std::make_unique<Duplicates::Ticket>(duplicates, letter);
  first->leave();
  other->leave();
  const Outcome second = copy_comes(invoice);
  const Outcome third = copy_comes(invoice);
  const Outcome another = copy_comes(letter);
  first.reset();
  loop.run_jobs();
  EXPECT_EQ(*second, true);
  EXPECT_EQ(*third, true);
  EXPECT_FALSE(another->has_value());
  other.reset();
  loop.run_jobs();
  EXPECT_EQ(*another, true);
}

TEST_F(CopyOfAMessageUnderWay, WaitsNoLongerThanItsPatience) {
  Duplicates::Ticket first(duplicates, invoice);
  first.leave();
  const Outcome second = copy_comes(invoice, 30s);
  loop.advance(30s - 1us);
  EXPECT_FALSE(second->has_value());
  loop.advance(1us);
  EXPECT_EQ(*second, false);
  EXPECT_EQ(*copy_comes(invoice, 0s), false);
}

TEST_F(CopyOfAMessageUnderWay, WaitsNoLongerWhenItIsCancelled) {
  Duplicates::Ticket first(duplicates, invoice);
  first.leave();
  const Outcome second = copy_comes(invoice);
  cancellation.cancel();
  EXPECT_FALSE(second->has_value());
  loop.run_jobs();
  EXPECT_EQ(*second, false);
  EXPECT_EQ(*copy_comes(invoice), false);
  EXPECT_EQ(loop.next_expiry(), io::Time::max());
}

TEST_F(CopyOfAMessageUnderWay, ResumesOnceWhereEverythingHappensInOneTurn) {
  auto first = std::make_unique<Duplicates::Ticket>(duplicates, invoice);
  first->leave();
  const Outcome second = copy_comes(invoice, 1s);
  loop.expire_due(loop.now() + 1s);
  cancellation.cancel();
  first.reset();
  loop.run_jobs();
  EXPECT_EQ(*second, true);
  EXPECT_EQ(scope.running(), 0U);
}

MessageIdentity some_message() {
  return {.upstream = "office365",
          .login = "erp@contoso.example",
          .reverse_path = "erp@contoso.example",
          .recipients = {"a@example.org", "b@example.org"},
          .content = {{std::byte{1}, std::byte{2}}},
          .size = 100};
}

TEST(DigestOfAMessage, DoesNotDependOnTheOrderOfItsRecipients) {
  MessageIdentity other = some_message();
  std::swap(other.recipients[0], other.recipients[1]);
  EXPECT_EQ(digest_of(known_key(), some_message()), digest_of(known_key(), other));
}

TEST(DigestOfAMessage, DependsOnEachPartOfIt) {
  const digest::Digest one = digest_of(known_key(), some_message());
  EXPECT_EQ(one, digest_of(known_key(), some_message()));
  EXPECT_NE(one, digest_of(known_key(1), some_message()));

  const auto differs = [&one](auto change) {
    MessageIdentity other = some_message();
    change(other);
    return one != digest_of(known_key(), std::move(other));
  };
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.upstream = "office"; }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.login = ""; }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.reverse_path = ""; }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.recipients.pop_back(); }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.recipients[0] = "c@example.org"; }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.recipients.push_back("a@example.org"); }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.content.bytes[15] = std::byte{1}; }));
  EXPECT_TRUE(differs([](MessageIdentity& other) { other.size = 101; }));
}

}  // namespace
}  // namespace truerelay::relay
