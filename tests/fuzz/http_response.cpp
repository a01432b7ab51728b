// Answers of a web server: any split gives the same answer, or the same failure.

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "http/parsers.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

using http::ResponseParser;

constexpr std::size_t kLongestBody = 500;

// All that can be known of what came, in one text.
std::string read(const Pieces& pieces, ResponseParser::Body body) {
  ResponseParser parser(kLongestBody, body);
  io::Result<void> taken;
  for (const std::string_view piece : pieces) {
    if (parser.complete()) {
      break;  // Whoever reads leaves the rest alone.
    }
    taken = parser.take(piece);
    if (!taken) {
      break;
    }
  }
  if (taken && !parser.complete()) {
    taken = parser.end();
  }
  if (!taken) {
    require(!taken.error().detail.empty() && taken.error().detail.size() < 200,
            "a failure is a clause");
    require(taken.error().kind == io::Failure::Kind::malformed ||
                taken.error().kind == io::Failure::Kind::too_long,
            "a failure is that of the server");
    return "failed";
  }
  if (!parser.complete()) {
    return "incomplete";
  }
  const http::Response answer = parser.answer();
  require(answer.status >= 200 && answer.status <= 999, "a status is one");
  require(answer.body.reveal().size() <= kLongestBody, "a body is bounded");
  require(body == ResponseParser::Body::as_announced || answer.body.empty(), "no body, no octets");
  require(answer.headers.size() <= http::kMostFields, "the fields are bounded");
  std::string text = std::to_string(answer.status) + ' ' + answer.reason + '\n';
  for (const http::Header& header : answer.headers) {
    require(
        std::ranges::none_of(header.value, [](char c) { return ascii_control(c) && c != '\t'; }),
        "a value has no control byte");
    text += header.name + ": " + header.value + '\n';
  }
  return text + '\n' + std::string(answer.body.reveal());
}

}  // namespace

void run(std::string_view input) {
  for (const auto body : {ResponseParser::Body::as_announced, ResponseParser::Body::none}) {
    const std::vector<Pieces> all = splits(input);
    const std::string whole = read(all.front(), body);
    for (const Pieces& pieces : all) {
      require_same(read(pieces, body), whole, "any split gives the same answer");
    }
  }
}

}  // namespace truerelay::fuzz
