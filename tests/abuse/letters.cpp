#include "tests/abuse/letters.h"

#include <array>

namespace truerelay::abuse {
namespace {

using simulation::Letter;
using simulation::Random;

std::string_view draw_fate(Random& random) {
  if (random.chance(0.85)) {
    return "taken";
  }
  return random.chance(0.5) ? "busy" : "unknown";
}

std::string draw_content(Random& random, const std::string& name) {
  std::string content(random.chance(0.05) ? kRefusedContent : "");
  content += "Subject: " + name + "\r\n\r\n";
  const std::size_t size = random.chance(0.01)  ? random.between(200'000, 600'000)
                           : random.chance(0.1) ? random.scaled_between(10'000, 200'000)
                                                : random.scaled_between(1, 3000);
  // Dots where they count, both kinds of bare line end, and what is not ASCII.
  constexpr std::array<std::string_view, 9> kPieces = {
      ".", "..", "\r\n", "\r\n.", "\n", "\r", "\xC3\xA9", "\r\n.\r\n..\r\n", "text "};
  const bool tidy = random.chance(0.8);
  while (content.size() < size) {
    if (!tidy || random.chance(0.2)) {
      content += kPieces[random.between(0, kPieces.size() - 1)];
    } else {
      content += "a rather ordinary line of text, number " + std::to_string(random.next()) + "\r\n";
    }
  }
  return content;
}

}  // namespace

Letter draw_letter(Random& random, const std::string& name) {
  Letter letter;
  letter.sender = "sender@" + name + ".example";
  const std::size_t count = random.chance(0.7) ? 1 : random.between(2, 5);
  for (std::size_t i = 0; i < count; ++i) {
    letter.recipients.push_back(std::string(draw_fate(random)) + "@r" + std::to_string(i) + "." +
                                name + ".example");
  }
  letter.content = draw_content(random, name);
  letter.copies = random.chance(0.05) ? 2 : 1;
  return letter;
}

}  // namespace truerelay::abuse
