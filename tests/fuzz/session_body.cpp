// A whole session around one message that holds anything, by DATA and in chunks. What begins with
// "*" is repeated until it is so long that it goes upstream in several parts.

#include <string>

#include "tests/fuzz/claims.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/relay_stage.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr std::size_t kLongest = 50'000;
constexpr std::size_t kLong = 1500;  // Bytes come one by one no longer.

std::string session_around(std::string_view input) {
  std::string sent =
      "EHLO client.example\r\nMAIL FROM:<a@app.example>\r\nRCPT TO:<b@partner.example>\r\n"
      "RCPT TO:<nobody@partner.example>\r\nRCPT TO:<c@partner.example>\r\nDATA\r\n";
  const bool repeated = input.starts_with('*');
  do {
    sent += input;
  } while (repeated && sent.size() < kLongest);
  return sent + "\r\n.\r\nQUIT\r\n";
}

}  // namespace

void run(std::string_view input) {
  const std::uint64_t seed = seed_of(input);
  const std::string sent = session_around(input);
  for (const bool chunks : {false, true}) {
    Conditions conditions{.seed = seed};
    conditions.line_ends = seed % 2 == 0 ? smtp::LineEnds::normalize : smtp::LineEnds::reject;
    conditions.odd_links = sent.size() < kLong;
    if (chunks) {
      conditions.ehlo = kEhloWithChunks;
    }
    const smtp::LineEnds line_ends = conditions.line_ends;
    RelayStage stage(std::move(conditions));
    stage.tell(drawn_pieces(sent, 30'000), false);
    stage.end();
    check_claims({.sent = sent, .heard = stage.heard(), .may_be_cut = sent.size() < kLong},
                 line_ends, stage.upstream().messages());
  }
}

}  // namespace truerelay::fuzz
