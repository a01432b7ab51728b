#pragma once

#include <chrono>
#include <span>
#include <string_view>

namespace truerelay::sandbox {

// What the local part of an address orders the practice upstream to do: "refuse-550@anywhere" is
// refused with 550. Everything else is an ordinary mailbox, which takes all mail.
struct Order {
  enum class Kind {
    none,               // An ordinary mailbox.
    misspelt,           // Begins as an order does, but is none: refused, so that nobody is misled.
    answer,             // RCPT (or MAIL) is answered with `code`.
    wait,               // The answer to RCPT comes after `delay`.
    drop,               // The connection ends instead of an answer to RCPT.
    answer_data,        // The end of the data is answered with `code`.
    wait_data,          // The answer to the end of the data comes after `delay`.
    drop_data,          // The connection ends at the end of the data; the message is not taken.
    drop_after_accept,  // The message is taken, and the connection ends before the answer.
    answer_early,       // The data is answered with `code` before its end has come.
  };

  Kind kind = Kind::none;
  int code = 0;
  std::chrono::seconds delay{0};

  bool operator==(const Order&) const = default;
};

inline constexpr std::chrono::seconds kLongestOrderedDelay{3600};

// Case does not matter.
[[nodiscard]] Order parse_order(std::string_view local_part);

// For help texts: how an order is written, and what happens then.
struct OrderDescription {
  std::string_view pattern;
  std::string_view effect;
};
[[nodiscard]] std::span<const OrderDescription> order_descriptions();

}  // namespace truerelay::sandbox
