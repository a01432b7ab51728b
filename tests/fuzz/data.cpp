// The bytes after DATA: decoder and encoder against a slow reference that was written by itself,
// in both modes, in any split, with and without the way that copies nothing.

#include <string>

#include "base/buffer.h"
#include "smtp/dot_codec.h"
#include "tests/attacks/bytes.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/reference_data.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

using smtp::LineEnds;

Decoded decode(const Pieces& pieces, LineEnds line_ends, bool as_it_is) {
  smtp::DotDecoder decoder(line_ends);
  Decoded decoded;
  Buffer out;
  for (const std::string_view piece : pieces) {
    std::string_view rest = piece;
    if (as_it_is) {
      const std::size_t moved = decoder.take_as_it_is(rest);
      require(moved <= rest.size(), "no more is passed on than there is");
      out.append(rest.substr(0, moved));
      rest.remove_prefix(moved);
    }
    const std::size_t before = out.size();
    const std::size_t taken = decoder.take(rest, out);
    require(taken == rest.size() || decoder.finished(), "all is taken until the end");
    require(out.size() - before <= 2 * rest.size() + 4, "what comes out is bounded");
    decoded.taken += piece.size() - rest.size() + taken;
  }
  decoded.content = out.readable();
  decoded.finished = decoder.finished();
  decoded.refused = decoder.refused();
  require(decoder.size() == decoded.content.size(), "the size is that of what came out");
  return decoded;
}

void compare(const Decoded& found, const Decoded& expected) {
  require_same(found.content, expected.content, "the content is that of the reference");
  require(found.taken == expected.taken, "as much is taken as the reference takes");
  require(found.finished == expected.finished, "the end is where the reference sees it");
  require(found.refused == expected.refused, "refused is what the reference refuses");
}

void check_encoder(const std::string& content) {
  const std::string expected = reference_encode(content);
  for (const Pieces& pieces : splits(content)) {
    smtp::DotEncoder encoder;
    Buffer out;
    for (const std::string_view piece : pieces) {
      encoder.take(piece, out);
    }
    encoder.finish(out);
    require_same(out.readable(), expected, "the wire is that of the reference");
  }
  const std::size_t end = expected.find("\r\n.\r\n");
  require(expected.starts_with(".\r\n") ? expected.size() == 3 : end == expected.size() - 5,
          "the end of the data stands at the end and nowhere else");
  require(!attacks::has_bare_line_end_or_nul(expected), "nothing bare goes to an upstream");

  const Decoded again = decode({expected}, LineEnds::reject, false);
  const bool ends_in_a_line = content.empty() || content.ends_with("\r\n");
  require(again.finished && !again.refused && again.taken == expected.size(),
          "what was encoded is a whole message");
  require_same(again.content, ends_in_a_line ? content : content + "\r\n",
               "what was encoded is what is decoded");
}

}  // namespace

void run(std::string_view input) {
  for (const LineEnds line_ends : {LineEnds::normalize, LineEnds::reject}) {
    const Decoded expected = reference_decode(input, line_ends == LineEnds::reject);
    require(!attacks::has_bare_line_end_or_nul(expected.content), "nothing bare comes out");
    for (const Pieces& pieces : splits(input)) {
      for (const bool as_it_is : {false, true}) {
        compare(decode(pieces, line_ends, as_it_is), expected);
      }
    }
    check_encoder(expected.content);
  }
}

}  // namespace truerelay::fuzz
