#pragma once

#include <cstddef>
#include <string>

#include "tests/attacks/stage.h"

// Messages to an upstream that offers CHUNKING (RFC 3030).

namespace truerelay::attacks {

// A message of two parts, of which the first is as long as wanted.
struct TwoParts {
  // More than goes in one chunk, so that a connection that replaces another gets several as well.
  static constexpr std::size_t kSeveral = std::size_t{200} * 1024;
  // One chunk, which the way to the upstream holds as a whole.
  static constexpr std::size_t kOne = std::size_t{20} * 1024;

  explicit TwoParts(std::size_t size = kSeveral);

  std::string first;
  std::string rest = ".. and out\r\n";  // As the client sends it.

  [[nodiscard]] std::string stuffed() const { return first + rest + ".\r\n"; }
  [[nodiscard]] std::string content() const { return first + rest.substr(1); }
};

// An upstream that offers CHUNKING, and what it answers once at one place.
[[nodiscard]] Setting chunking(Script script);
[[nodiscard]] Setting chunking(const std::string& place, const Answer& answer);

// From MAIL to 354.
void begin_message(Stage& stage, RawClient& client);
// The first part has come to the upstream and was answered before the rest is sent: the answer.
std::string send_in_two_parts(Stage& stage, RawClient& client, const TwoParts& message);
std::string send_in_two_parts(Stage& stage, RawClient& client);
std::string send_in_one(Stage& stage, RawClient& client);

// The next message in the same session is taken, by another connection than the hostile one.
void expect_that_the_next_one_succeeds(Stage& stage, RawClient& client);

}  // namespace truerelay::attacks
