#include "sandbox/orders.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.h"

namespace truerelay::sandbox {
namespace {

// Orders that are one word.
struct Word {
  std::string_view text;
  Order order;
};
constexpr std::array kWords = {
    Word{"drop", {.kind = Order::Kind::drop}},
    Word{"drop-data", {.kind = Order::Kind::drop_data}},
    Word{"drop-after-accept", {.kind = Order::Kind::drop_after_accept}},
    Word{"throttle", {.kind = Order::Kind::answer_data, .code = 432}},
};

// Orders that end with a reply code or a number of seconds. A prefix comes after the longer ones
// that begin with it.
enum class Argument { permanent_code, transient_code, seconds, none };
struct Prefix {
  std::string_view text;
  Order::Kind kind;
  Argument argument;
};
constexpr std::array kPrefixes = {
    Prefix{"refuse-data-", Order::Kind::answer_data, Argument::permanent_code},
    Prefix{"refuse-", Order::Kind::answer, Argument::permanent_code},
    Prefix{"defer-data-", Order::Kind::answer_data, Argument::transient_code},
    Prefix{"defer-", Order::Kind::answer, Argument::transient_code},
    Prefix{"early-refuse-", Order::Kind::answer_early, Argument::permanent_code},
    Prefix{"early-defer-", Order::Kind::answer_early, Argument::transient_code},
    Prefix{"slow-data-", Order::Kind::wait_data, Argument::seconds},
    Prefix{"slow-", Order::Kind::wait, Argument::seconds},
    Prefix{"drop-", Order::Kind::misspelt, Argument::none},
};

constexpr std::array kDescriptions = {
    OrderDescription{"refuse-CODE",
                     "RCPT (as the sender: MAIL) is refused, 500 to 559: refuse-550"},
    OrderDescription{"defer-CODE", "RCPT (as the sender: MAIL) is put off, 400 to 459: defer-451"},
    OrderDescription{"refuse-data-CODE", "the message is refused after its final dot"},
    OrderDescription{"defer-data-CODE", "the message is put off after its final dot"},
    OrderDescription{"early-refuse-CODE", "the message is refused while it is still coming"},
    OrderDescription{"early-defer-CODE", "the message is put off while it is still coming"},
    OrderDescription{"throttle", "432 4.3.2 after the final dot, as at Office 365's limit"},
    OrderDescription{"slow-Ns", "the answer to RCPT comes after N seconds: slow-20s"},
    OrderDescription{"slow-data-Ns", "the answer to the final dot comes after N seconds"},
    OrderDescription{"drop", "the connection breaks at RCPT"},
    OrderDescription{"drop-data", "the connection breaks after the final dot; nothing is accepted"},
    OrderDescription{"drop-after-accept",
                     "the message is accepted, and the connection breaks before the answer"},
};

std::optional<int> whole_number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool all = error == std::errc() && end == digits.data() + digits.size();
  return all && ascii_digit(digits.front()) ? std::optional(value) : std::nullopt;
}

constexpr Order kMisspelt{.kind = Order::Kind::misspelt};

// RFC 5321 section 4.2.1: the second digit of a reply code is 0 to 5.
Order with_code(Order::Kind kind, std::string_view argument, int hundreds) {
  const std::optional<int> code = whole_number(argument);
  if (argument.size() != 3 || !code || *code < hundreds || *code >= hundreds + 60) {
    return kMisspelt;
  }
  return {.kind = kind, .code = *code};
}

Order with_delay(Order::Kind kind, std::string_view argument) {
  if (!argument.ends_with('s')) {
    return kMisspelt;
  }
  argument.remove_suffix(1);
  const std::optional<int> seconds = whole_number(argument);
  if (!seconds || *seconds < 1 || std::chrono::seconds(*seconds) > kLongestOrderedDelay) {
    return kMisspelt;
  }
  return {.kind = kind, .delay = std::chrono::seconds(*seconds)};
}

}  // namespace

Order parse_order(std::string_view local_part) {
  const std::string lower = ascii_lower(local_part);
  const std::string_view text = lower;
  for (const Word& word : kWords) {
    if (text == word.text) {
      return word.order;
    }
  }
  for (const Prefix& prefix : kPrefixes) {
    if (!text.starts_with(prefix.text)) {
      continue;
    }
    const std::string_view argument = text.substr(prefix.text.size());
    switch (prefix.argument) {
      case Argument::permanent_code:
        return with_code(prefix.kind, argument, 500);
      case Argument::transient_code:
        return with_code(prefix.kind, argument, 400);
      case Argument::seconds:
        return with_delay(prefix.kind, argument);
      case Argument::none:
        return kMisspelt;
    }
  }
  return {};
}

std::span<const OrderDescription> order_descriptions() { return kDescriptions; }

}  // namespace truerelay::sandbox
