#include "smtp/utf8.h"

#include <cstddef>

namespace truerelay::smtp {
namespace {

// What the table of RFC 3629 section 4 says about a first byte: how many bytes follow it, and
// between which bounds the first of them lies. The others lie between 80 and BF.
struct Sequence {
  std::size_t following;
  unsigned char least;
  unsigned char most;
};

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

constexpr Sequence sequence_of(unsigned char first) {
  if (first < 0x80) {
    return {0, 0, 0};
  }
  if (first >= 0xC2 && first <= 0xDF) {
    return {1, 0x80, 0xBF};
  }
  if (first >= 0xE0 && first <= 0xEF) {
    return {2, static_cast<unsigned char>(first == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(first == 0xED ? 0x9F : 0xBF)};
  }
  if (first >= 0xF0 && first <= 0xF4) {
    return {3, static_cast<unsigned char>(first == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(first == 0xF4 ? 0x8F : 0xBF)};
  }
  return {kNone, 0, 0};
}

}  // namespace

bool well_formed_utf8(std::string_view text) {
  while (!text.empty()) {
    const Sequence sequence = sequence_of(static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
    if (sequence.following > text.size()) {
      return false;  // kNone as well.
    }
    for (std::size_t i = 0; i < sequence.following; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      const unsigned char least = i == 0 ? sequence.least : 0x80;
      const unsigned char most = i == 0 ? sequence.most : 0xBF;
      if (next < least || next > most) {
        return false;
      }
    }
    text.remove_prefix(sequence.following);
  }
  return true;
}

}  // namespace truerelay::smtp
