#include "tests/fuzz/pieces.h"

#include <algorithm>

#include "tests/simulation/random.h"

namespace truerelay::fuzz {
namespace {

Pieces pieces_drawn_by(simulation::Random& random, std::string_view bytes, std::size_t longest) {
  Pieces pieces;
  while (!bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(random.scaled_between(1, longest), bytes.size());
    pieces.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return pieces;
}

}  // namespace

std::vector<Pieces> splits(std::string_view bytes) {
  std::vector<Pieces> all(2);
  if (!bytes.empty()) {
    all[0].push_back(bytes);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    all[1].push_back(bytes.substr(i, 1));
  }
  simulation::Random random(seed_of(bytes));
  all.push_back(pieces_drawn_by(random, bytes, 8));
  all.push_back(pieces_drawn_by(random, bytes, 600));
  return all;
}

Pieces drawn_pieces(std::string_view bytes, std::size_t longest) {
  simulation::Random random(seed_of(bytes));
  return pieces_drawn_by(random, bytes, longest);
}

std::uint64_t seed_of(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash;
}

std::vector<std::string_view> fields(std::string_view text, char separator, std::size_t most) {
  std::vector<std::string_view> found;
  while (found.size() + 1 < most) {
    const std::size_t end = text.find(separator);
    if (end == std::string_view::npos) {
      break;
    }
    found.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  found.push_back(text);
  return found;
}

}  // namespace truerelay::fuzz
