// A canary for the compiler. GCC 12 miscompiles several common forms of co_await: bodies of `if`
// run twice or not at all, operands of ?: and braced aggregates are destroyed twice. Each test here
// is one form, run once with an operation that completes at once and once with one that waits, with
// every object counted: as many destroyed as made, and each body run as often as it is written.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/event.h"
#include "io/scope.h"
#include "io/task.h"
#include "tests/io/manual_loop.h"

namespace truerelay::io {
namespace {

using truerelay::testing::ManualLoop;

// What a form may not get wrong.
struct Tally {
  int made = 0;
  int destroyed = 0;
  std::vector<std::string> steps;
};

// An object whose copies, moves and end are counted; it owns memory, so that a second destruction
// is also an error of the heap.
class Counted {
 public:
  Counted(Tally& tally, std::string text)
      : tally_(&tally), text_(std::make_unique<std::string>(std::move(text))) {
    ++tally_->made;
  }
  Counted(const Counted& other)
      : tally_(other.tally_), text_(std::make_unique<std::string>(*other.text_)) {
    ++tally_->made;
  }
  Counted(Counted&& other) noexcept : tally_(other.tally_), text_(std::move(other.text_)) {
    ++tally_->made;
  }
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { ++tally_->destroyed; }
  [[nodiscard]] const std::string& text() const { return *text_; }

 private:
  Tally* tally_;
  std::unique_ptr<std::string> text_;
};

struct Bundle {
  Counted first;
  Counted second;
  int number = 0;
};

// Waits for the event of the test, or not at all.
struct World {
  Tally& tally;
  Event* event;
};

Task<void> pause(World world) {
  if (world.event != nullptr) {
    co_await world.event->wait();
  }
}

Task<bool> truth(World world, bool value) {
  co_await pause(world);
  co_return value;
}

Task<std::string> text_of(World world, Counted counted) {
  co_await pause(world);
  co_return counted.text();
}

Task<std::string> texts_of(World world, Bundle bundle) {
  co_await pause(world);
  co_return bundle.first.text() + bundle.second.text() + std::to_string(bundle.number);
}

Task<std::string> referred(World world, const Counted& counted) {
  co_await pause(world);
  co_return counted.text();
}

Task<Counted> made(World world, std::string text) {
  co_await pause(world);
  co_return Counted(world.tally, std::move(text));
}

Task<std::optional<int>> next_below(World world, int& state, int bound) {
  co_await pause(world);
  co_return state < bound ? std::optional<int>(state++) : std::nullopt;
}

using Form = Task<void> (*)(World);
using Steps = std::vector<std::string>;

// Runs one form in both ways and holds it against the steps that it must leave.
void expect_steps(Form form, const Steps& steps) {
  for (const bool waits : {false, true}) {
    SCOPED_TRACE(waits ? "an operation that waits" : "an operation that completes at once");
    ManualLoop loop;
    Tally tally;
    Event event(loop);
    {
      Scope scope(loop);
      scope.spawn(form({tally, waits ? &event : nullptr}));
      for (int i = 0; i < 100 && scope.running() > 0; ++i) {
        event.notify();
        loop.run_jobs();
      }
      ASSERT_EQ(scope.running(), 0U);
    }
    EXPECT_EQ(tally.steps, steps);
    EXPECT_EQ(tally.made, tally.destroyed);
  }
}

Task<void> in_condition_of_if(World world) {
  if (co_await truth(world, true)) {
    world.tally.steps.emplace_back("then");
  }
  if (co_await truth(world, false)) {
    world.tally.steps.emplace_back("wrong");
  } else {
    world.tally.steps.emplace_back("else");
  }
}
TEST(CoroutineForms, ConditionOfIf) { expect_steps(in_condition_of_if, {"then", "else"}); }

Task<void> in_negated_condition(World world) {
  if (!co_await truth(world, false)) {
    world.tally.steps.emplace_back("then");
  }
  if (!(co_await truth(world, true))) {
    world.tally.steps.emplace_back("wrong");
  }
}
TEST(CoroutineForms, NegatedCondition) { expect_steps(in_negated_condition, {"then"}); }

Task<void> in_short_circuit(World world) {
  if (co_await truth(world, true) && co_await truth(world, true)) {
    world.tally.steps.emplace_back("both");
  }
  if (co_await truth(world, false) && co_await truth(world, true)) {
    world.tally.steps.emplace_back("wrong");
  }
  if (co_await truth(world, false) || co_await truth(world, true)) {
    world.tally.steps.emplace_back("either");
  }
}
TEST(CoroutineForms, ShortCircuit) { expect_steps(in_short_circuit, {"both", "either"}); }

Task<void> in_initialiser_of_if(World world) {
  if (const std::string text = co_await text_of(world, Counted(world.tally, "a")); text == "a") {
    world.tally.steps.push_back(text);
  }
}
TEST(CoroutineForms, InitialiserOfIf) { expect_steps(in_initialiser_of_if, {"a"}); }

Task<void> in_condition_of_while(World world) {
  int state = 0;
  while (const std::optional<int> next = co_await next_below(world, state, 3)) {
    world.tally.steps.push_back(std::to_string(*next));
  }
}
TEST(CoroutineForms, DeclarationInConditionOfWhile) {
  expect_steps(in_condition_of_while, {"0", "1", "2"});
}

Task<void> in_while(World world) {
  int count = 0;
  while (co_await truth(world, count < 3)) {
    world.tally.steps.push_back(std::to_string(count++));
  }
}
TEST(CoroutineForms, ConditionOfWhile) { expect_steps(in_while, {"0", "1", "2"}); }

Task<void> in_do_while(World world) {
  int count = 0;
  do {
    world.tally.steps.push_back(std::to_string(count++));
  } while (co_await truth(world, count < 2));
}
TEST(CoroutineForms, ConditionOfDoWhile) { expect_steps(in_do_while, {"0", "1"}); }

Task<void> in_for(World world) {
  for (int i = 0; co_await truth(world, i < 2); ++i) {
    world.tally.steps.push_back(std::to_string(i));
  }
}
TEST(CoroutineForms, ConditionOfFor) { expect_steps(in_for, {"0", "1"}); }

Task<void> in_switch(World world) {
  int state = 7;
  switch ((co_await next_below(world, state, 8)).value_or(0)) {
    case 7:
      world.tally.steps.emplace_back("seven");
      break;
    default:
      world.tally.steps.emplace_back("wrong");
  }
}
TEST(CoroutineForms, ConditionOfSwitch) { expect_steps(in_switch, {"seven"}); }

Task<void> with_choice_among_arguments(World world) {
  const bool yes = co_await truth(world, true);
  const std::string text =
      co_await text_of(world, yes ? Counted(world.tally, "yes") : Counted(world.tally, "no"));
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, ChoiceAmongArguments) { expect_steps(with_choice_among_arguments, {"yes"}); }

Task<void> with_choice_of_awaited(World world) {
  const bool no = co_await truth(world, false);
  const std::string text = no ? co_await text_of(world, Counted(world.tally, "one"))
                              : co_await text_of(world, Counted(world.tally, "other"));
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, ChoiceBetweenAwaitedCalls) { expect_steps(with_choice_of_awaited, {"other"}); }

Task<void> with_awaited_condition_of_choice(World world) {
  const std::string text = co_await truth(world, true) ? std::string("yes") : std::string("no");
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, AwaitedConditionOfChoice) {
  expect_steps(with_awaited_condition_of_choice, {"yes"});
}

Task<void> with_braced_aggregate(World world) {
  const std::string text =
      co_await texts_of(world, {Counted(world.tally, "a"), Counted(world.tally, "b"), 3});
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, BracedAggregateAsArgument) { expect_steps(with_braced_aggregate, {"ab3"}); }

Task<void> with_designated_aggregate(World world) {
  const std::string text = co_await texts_of(
      world,
      Bundle{.first = Counted(world.tally, "a"), .second = Counted(world.tally, "b"), .number = 4});
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, NamedAggregateAsArgument) { expect_steps(with_designated_aggregate, {"ab4"}); }

Task<void> with_awaited_member_of_aggregate(World world) {
  const Bundle bundle{Counted(world.tally, "a"), co_await made(world, "b"), 5};
  world.tally.steps.push_back(bundle.first.text() + bundle.second.text());
}
TEST(CoroutineForms, AwaitInsideAnAggregate) {
  expect_steps(with_awaited_member_of_aggregate, {"ab"});
}

Task<void> with_referred_temporary(World world) {
  const std::string text = co_await referred(world, Counted(world.tally, "kept"));
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, ATemporaryLivesUntilTheAwaitingStatementEnds) {
  expect_steps(with_referred_temporary, {"kept"});
}

Task<void> with_nested_awaits(World world) {
  const std::string text = co_await text_of(world, co_await made(world, "inner"));
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, AwaitAsAnArgumentOfAnAwaitedCall) {
  expect_steps(with_nested_awaits, {"inner"});
}

Task<void> with_two_awaits_in_one_expression(World world) {
  const std::string text = co_await text_of(world, Counted(world.tally, "a")) +
                           co_await text_of(world, Counted(world.tally, "b"));
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, TwoAwaitsInOneExpression) {
  expect_steps(with_two_awaits_in_one_expression, {"ab"});
}

Task<void> with_member_of_result(World world) {
  world.tally.steps.push_back((co_await made(world, "member")).text());
}
TEST(CoroutineForms, MemberOfAnAwaitedResult) { expect_steps(with_member_of_result, {"member"}); }

Task<void> with_discarded_result(World world) {
  co_await made(world, "discarded");
  world.tally.steps.emplace_back(world.tally.made == world.tally.destroyed ? "gone"
                                                                           : "still there");
}
TEST(CoroutineForms, DiscardedResult) { expect_steps(with_discarded_result, {"gone"}); }

Task<std::string> returned_directly(World world) {
  co_return co_await text_of(world, Counted(world.tally, "returned"));
}
Task<void> with_returned_await(World world) {
  const std::string text = co_await returned_directly(world);
  world.tally.steps.push_back(text);
}
TEST(CoroutineForms, ReturnOfAnAwaitedValue) { expect_steps(with_returned_await, {"returned"}); }

Task<void> in_range_for(World world) {
  for (const char c : co_await text_of(world, Counted(world.tally, "xyz"))) {
    world.tally.steps.emplace_back(1, c);
  }
}
TEST(CoroutineForms, RangeOfFor) { expect_steps(in_range_for, {"x", "y", "z"}); }

Task<void> with_early_return(World world) {
  const Counted guard(world.tally, "guard");
  if (co_await truth(world, true)) {
    world.tally.steps.push_back(guard.text());
    co_return;
  }
  world.tally.steps.emplace_back("wrong");
}
TEST(CoroutineForms, EarlyReturnPastALocalObject) { expect_steps(with_early_return, {"guard"}); }

Task<void> with_structured_binding(World world) {
  const auto [one, two] = std::pair(co_await made(world, "1"), co_await made(world, "2"));
  world.tally.steps.push_back(one.text() + two.text());
}
TEST(CoroutineForms, StructuredBinding) { expect_steps(with_structured_binding, {"12"}); }

Task<void> in_plain_lambda_argument(World world) {
  const auto twice = [](const std::string& text) { return text + text; };
  world.tally.steps.push_back(twice(co_await text_of(world, Counted(world.tally, "ab"))));
}
TEST(CoroutineForms, AwaitAsAnArgumentOfAPlainCall) {
  expect_steps(in_plain_lambda_argument, {"abab"});
}

}  // namespace
}  // namespace truerelay::io
