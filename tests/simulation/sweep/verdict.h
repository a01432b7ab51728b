#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace truerelay::simulation {

// What becomes of a message, or of one recipient of it, between what its client was told and what
// the upstreams did.
enum class Verdict {
  true_accept,   // Told accepted, and so it was, in these words and for these recipients.
  true_refusal,  // Told refused, and no upstream accepted it.
  in_doubt,      // Told "outcome unknown": the last byte was handed on, and no answer came.
  unheard,       // The client was not there to hear the end, by its own doing or its link's.
  // From here on: wrong, each of them.
  lie_of_acceptance,  // Told accepted, and no upstream did.
  lie_of_refusal,     // Told refused, or nothing sent, and an upstream accepted it; or the words of
                      // the refusal were nobody's.
  false_doubt,        // In doubt before the last byte was sent, or the doubt was left unsaid.
  duplicate,          // Accepted more often than it was sent on purpose.
  altered_body,       // What was accepted is not what was sent.
  silence,            // The client was there, and had no final reply.
  false_record,       // The relay's own record says otherwise.
};
inline constexpr std::size_t kVerdicts = 11;

[[nodiscard]] constexpr bool is_wrong(Verdict verdict) {
  return verdict >= Verdict::lie_of_acceptance;
}
// "true accepts", "lies of refusal": as it stands behind a number.
[[nodiscard]] std::string_view plural(Verdict verdict);

// How many of each.
class VerdictCounts {
 public:
  [[nodiscard]] std::uint64_t& operator[](Verdict verdict) {
    return counts_.at(static_cast<std::size_t>(verdict));
  }
  [[nodiscard]] std::uint64_t operator[](Verdict verdict) const {
    return counts_.at(static_cast<std::size_t>(verdict));
  }
  [[nodiscard]] std::uint64_t wrong() const;
  void add(const VerdictCounts& other);
  // "12 true accepts, 3 true refusals, 0 in doubt, ...", every verdict named.
  [[nodiscard]] std::string text() const;

 private:
  std::array<std::uint64_t, kVerdicts> counts_{};
};

// How many letters came out how, over any number of runs. One that came several times counts as
// often.
struct Tally {
  std::uint64_t letters = 0;
  VerdictCounts messages;
  VerdictCounts recipients;
  std::uint64_t by_fallback = 0;  // Of the true accepts.
  std::uint64_t remembered = 0;   // Of these: it was accepted when it came before.
  std::uint64_t repaired = 0;     // Of these: the content was begun more than once.
  std::uint64_t overtaken = 0;    // Copies that went after a later one of the same; see copies.h.

  void add(const Tally& other);
};

}  // namespace truerelay::simulation
