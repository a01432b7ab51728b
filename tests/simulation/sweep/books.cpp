#include "tests/simulation/sweep/books.h"

namespace truerelay::simulation {
namespace {

template <class Value>
void append(std::vector<Value>& to, const std::vector<Value>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void Done::add(const Done& other) {
  append(sender, other.sender);
  for (const auto& [recipient, replies] : other.recipients) {
    append(recipients[recipient], replies);
  }
  append(accepted, other.accepted);
  append(refused, other.refused);
  answers_known = answers_known && other.answers_known;
}

}  // namespace truerelay::simulation
