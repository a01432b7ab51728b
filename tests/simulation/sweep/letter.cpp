#include "tests/simulation/sweep/letter.h"

#include <array>

#include "tests/simulation/sweep/line_ends.h"

namespace truerelay::simulation {
namespace {

constexpr std::array<std::string_view, 16> kOrders = {
    "refuse-550",     "refuse-554",        "defer-451",        "defer-421",       "refuse-data-554",
    "throttle",       "slow-data-20s",     "slow-data-400s",   "slow-20s",        "drop",
    "drop-data",      "drop-after-accept", "early-refuse-552", "early-defer-451", "defer-432",
    kThrottledAtFirst};

std::string draw_content(Random& random, std::string_view name) {
  std::string content = "Subject: " + std::string(name) + "\r\n\r\n";
  const std::size_t size =
      random.chance(0.03) ? random.between(20'000, 200'000) : random.scaled_between(1, 3000);
  constexpr std::array<std::string_view, 12> kPieces = {"a",
                                                        "text ",
                                                        ".",
                                                        "..",
                                                        "\r\n",
                                                        "\r\n.",
                                                        "\n",
                                                        "\r",
                                                        "\n.\n",
                                                        "\xC3\xA9",
                                                        "\r\n.\r\n..\r\n",
                                                        "a rather ordinary line of text\r\n"};
  const bool tidy = random.chance(0.5);
  while (content.size() < size) {
    const std::string_view piece = kPieces[random.between(0, kPieces.size() - 1)];
    const bool bare = piece == "\n" || piece == "\r" || piece == "\n.\n";
    if (!tidy || !bare) {
      content += piece;
    }
  }
  return content;
}

}  // namespace

Letter Letter::draw(Random& random, std::string_view name) {
  Letter letter;
  letter.sender = std::string(random.chance(0.03) ? "refuse-550" : "sender") + "@" +
                  std::string(name) + ".example";
  const std::size_t count = random.chance(0.6) ? 1 : random.between(2, 6);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string local = random.chance(0.2)
                                  ? std::string(kOrders[random.between(0, kOrders.size() - 1)])
                                  : "box" + std::to_string(i);
    const std::string domain = (local == kThrottledAtFirst ? "once.r" : "r") + std::to_string(i);
    letter.recipients.push_back(local + "@" + domain + "." + std::string(name) + ".example");
  }
  letter.content = draw_content(random, name);
  letter.copies = random.chance(0.08) ? 2 : 1;
  return letter;
}

std::string normalized(std::string_view content) {
  std::string whole(content);
  if (!whole.ends_with("\r\n")) {
    whole += "\r\n";
  }
  std::string out;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i] == '\r' || whole[i] == '\n') {
      out += "\r\n";
      i += whole[i] == '\r' && whole[i + 1] == '\n' ? 1 : 0;
    } else {
      out += whole[i];
    }
  }
  return out;
}

bool has_bare_line_end(std::string_view content) {
  LineEnds line_ends;
  return !line_ends.take(content) || !line_ends.whole();
}

std::string stuffed(std::string_view content) {
  std::string wire;
  bool line_start = true;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (line_start && content[i] == '.') {
      wire += '.';
    }
    wire += content[i];
    line_start = content[i] == '\n' && i > 0 && content[i - 1] == '\r';
  }
  if (!line_start) {
    wire += "\r\n";
  }
  return wire + ".\r\n";
}

}  // namespace truerelay::simulation
