#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace truerelay::fuzz {

using Pieces = std::vector<std::string_view>;  // Of the input, in its order; none is empty.

// The same bytes as they may come from a network: all at once, one by one, and twice in pieces that
// are drawn from the bytes themselves, so that an input repeats exactly.
[[nodiscard]] std::vector<Pieces> splits(std::string_view bytes);

// Pieces of up to `longest` bytes, drawn likewise.
[[nodiscard]] Pieces drawn_pieces(std::string_view bytes, std::size_t longest);

// A number that depends on every byte.
[[nodiscard]] std::uint64_t seed_of(std::string_view bytes);

// "a|b||c" are four fields. As many as there are, at most `most`; the last one has the rest.
[[nodiscard]] std::vector<std::string_view> fields(std::string_view text, char separator,
                                                   std::size_t most = 1000);

}  // namespace truerelay::fuzz
