#include "tests/simulation/sweep/verdict.h"

#include <fmt/core.h>

namespace truerelay::simulation {

std::string_view plural(Verdict verdict) {
  switch (verdict) {
    case Verdict::true_accept:
      return "true accepts";
    case Verdict::true_refusal:
      return "true refusals";
    case Verdict::in_doubt:
      return "in doubt";
    case Verdict::unheard:
      return "unheard";
    case Verdict::lie_of_acceptance:
      return "lies of acceptance";
    case Verdict::lie_of_refusal:
      return "lies of refusal";
    case Verdict::false_doubt:
      return "false doubts";
    case Verdict::duplicate:
      return "duplicates";
    case Verdict::altered_body:
      return "altered bodies";
    case Verdict::silence:
      return "silences";
    case Verdict::false_record:
      return "false records";
  }
  return {};
}

std::uint64_t VerdictCounts::wrong() const {
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    wrong += is_wrong(static_cast<Verdict>(i)) ? counts_.at(i) : 0;
  }
  return wrong;
}

void VerdictCounts::add(const VerdictCounts& other) {
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    counts_.at(i) += other.counts_.at(i);
  }
}

std::string VerdictCounts::text() const {
  std::string text;
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", counts_.at(i), plural(static_cast<Verdict>(i)));
  }
  return text;
}

void Tally::add(const Tally& other) {
  letters += other.letters;
  messages.add(other.messages);
  recipients.add(other.recipients);
  by_fallback += other.by_fallback;
  remembered += other.remembered;
  repaired += other.repaired;
  overtaken += other.overtaken;
}

}  // namespace truerelay::simulation
