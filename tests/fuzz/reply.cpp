// A server's replies, in any split, against a reading written once more; and each as it goes on to
// a client.

#include <optional>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "io/line_reader.h"
#include "smtp/reply.h"
#include "smtp/reply_parser.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/reference_replies.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

// As a connection to an upstream reads.
Read read(const Pieces& pieces) {
  Read read;
  smtp::ReplyParser parser;
  io::LineReader lines(smtp::ReplyParser::kLongestLine);
  Buffer arrived;
  for (const std::string_view piece : pieces) {
    arrived.append(piece);
    while (const std::optional<std::string_view> line = lines.line(arrived)) {
      const std::expected<std::optional<smtp::Reply>, std::string> taken = parser.take(*line);
      lines.consume(arrived, *line);
      if (!taken) {
        require(!taken.error().empty() && taken.error().size() < 500, "a fault is a clause");
        require(is_plain(taken.error()), "a fault holds no control byte");
        read.broken = true;
        return read;
      }
      if (*taken) {
        read.replies.push_back(**taken);
      }
    }
    if (lines.too_long(arrived)) {
      read.broken = true;
      return read;
    }
  }
  return read;
}

}  // namespace

void run(std::string_view input) {
  const Read expected = reference_replies(input);
  for (const Pieces& pieces : splits(input)) {
    const Read found = read(pieces);
    require(found.broken == expected.broken, "broken is what the reference finds broken");
    require(found.replies == expected.replies, "the replies are those of the reference");
  }
  for (const smtp::Reply& reply : expected.replies) {
    check_passed_on(reply);
  }
}

}  // namespace truerelay::fuzz
