#include "tests/simulation/sweep/whim.h"

#include <array>
#include <string_view>

namespace truerelay::simulation {
namespace {

// What Exchange Online, Gmail and Amazon SES say when it is too much, and others besides.
constexpr std::array<std::string_view, 8> kPutOff = {
    "432 4.3.2 Concurrent connections limit exceeded [Hostname=sandbox]",
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
    "454 4.7.0 Too many login attempts, please try again later",
    "454 Throttling failure: Maximum sending rate exceeded.",
    "451 4.7.500 Server busy. Please try again later",
    "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
    "452 4.3.1 Insufficient system resources",
    "451-4.7.0 Temporary server error.\r\n451 4.7.0 Please try again later. PRX5",
};

constexpr std::array<std::string_view, 4> kFarewells = {
    "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
    "421 4.3.2 Service not available, closing transmission channel",
    "421 4.7.0 Try again later, closing connection.",
    "421-4.3.2 System not accepting network messages\r\n421 4.3.2 Goodbye",
};

constexpr std::array<std::string_view, 10> kGarbage = {
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    "25O 2.6.0 Queued\r\n",
    "999 9.9.9 Queued\r\n",
    "250_2.6.0 Queued\r\n",
    "\x15\x03\x01\x00\x02\x02\x28\r\n",
    "250-2.6.0 Queued\r\n550 5.7.1 Refused\r\n",
    "250 2.6.0 Queued\n250 2.6.0 Queued\n",
    "\r\n250 2.6.0 Queued\r\n",
    "2",
    "\xFF\xFE\xFD 250 2.6.0 Queued\r\n",
};

template <std::size_t N>
std::string one_of(Random& random, const std::array<std::string_view, N>& texts) {
  return std::string(texts.at(random.between(0, N - 1)));
}

Whim::Kind draw_kind(Random& random) {
  using enum Whim::Kind;
  constexpr std::array kKinds = {refuse_greeting, put_off,    put_off,       put_off,
                                 leave,           leave,      leave_in_body, leave_idle,
                                 leave_idle,      leave_idle, garble,        garble_end};
  return kKinds.at(random.between(0, kKinds.size() - 1));
}

}  // namespace

Whim Whim::draw(Random& random) {
  Whim whim;
  if (!random.chance(0.25)) {
    return whim;
  }
  whim.kind = draw_kind(random);
  switch (whim.kind) {
    case Kind::none:
      break;
    case Kind::refuse_greeting:
      whim.words = random.chance(0.3)   ? one_of(random, kGarbage)
                   : random.chance(0.2) ? "554 5.7.1 No SMTP service here\r\n"
                                        : one_of(random, kFarewells) + "\r\n";
      break;
    case Kind::put_off:
      whim.at = random.scaled_between(1, 15);
      whim.words = one_of(random, kPutOff) + "\r\n";
      break;
    case Kind::leave:
      whim.at = random.scaled_between(1, 15);
      whim.words = one_of(random, kFarewells) + "\r\n";
      break;
    case Kind::leave_in_body:
      whim.at = random.scaled_between(1, 3000);
      whim.words = random.chance(0.8) ? one_of(random, kFarewells) + "\r\n" : "";
      break;
    case Kind::leave_idle:
      whim.at = random.scaled_between(1, 120);
      whim.words = one_of(random, kFarewells) + "\r\n";
      break;
    case Kind::garble:
      whim.at = random.scaled_between(1, 15);
      whim.words = one_of(random, kGarbage);
      break;
    case Kind::garble_end:
      whim.at = random.scaled_between(1, 2);
      whim.words = one_of(random, kGarbage);
      break;
  }
  return whim;
}

void count(const Whim& whim, Census& census) {
  using enum Whim::Kind;
  if (whim.words.starts_with("432")) {
    census.count(Event::said_432);
  }
  if (whim.words.starts_with("454")) {
    census.count(Event::said_454);
  }
  switch (whim.kind) {
    case none:
      break;
    case refuse_greeting:
      census.count(whim.words.starts_with("421") || whim.words.starts_with("554")
                       ? Event::greeting_refused
                       : Event::greeting_garbled);
      break;
    case put_off:
      census.count(Event::command_put_off);
      break;
    case leave:
      census.count(Event::left_with_421);
      break;
    case leave_in_body:
      census.count(Event::left_with_421_in_body);
      break;
    case leave_idle:
      census.count(Event::left_with_421_idle);
      break;
    case garble:
      census.count(Event::garbage_for_answer);
      break;
    case garble_end:
      census.count(Event::end_answered_with_garbage);
      break;
  }
}

}  // namespace truerelay::simulation
