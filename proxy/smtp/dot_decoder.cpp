#include "smtp/dot_codec.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/sanitizers.h"

// The decoder is a machine of six states, and a scanner that lets it sleep.
//
// Each state but `text` is a few bytes long and holds back what cannot be judged yet, so that any
// split of the input gives the same output. Where the byte at hand does not continue what is held
// back, the machine gives out what that meant, goes to `text`, and looks at the byte again.
//
// Almost every byte of almost every message is text between clean CRLFs. The scanner finds the
// longest stretch of it, across lines, and it is copied at once. It judges many bytes with one
// instruction.

namespace truerelay::smtp {
namespace {

constexpr std::size_t kBlock = 128;

// As wide as the vectors of AVX2; where they are narrower, the compiler takes two.
using Bytes = unsigned char __attribute__((vector_size(32)));

// Whether the kBlock bytes at `at`, and the one that follows them, hold nothing that needs the
// machine: a NUL, a CR without LF, an LF without CR, a dot after LF. An LF as the first byte and a
// NUL as the last are not seen.
inline __attribute__((always_inline)) bool clean_block(const char* at) {
  Bytes dirty{};
  for (std::size_t i = 0; i < kBlock; i += sizeof(Bytes)) {
    Bytes byte;
    Bytes next;
    std::memcpy(&byte, at + i, sizeof byte);
    std::memcpy(&next, at + i + 1, sizeof next);
    const auto bare = (byte == '\r') ^ (next == '\n');
    const auto dot = (byte == '\n') & (next == '.');
    dirty |= static_cast<Bytes>(bare | dot | (byte == '\0'));
  }
  const auto words = std::bit_cast<std::array<std::uint64_t, 4>>(dirty);
  return (words[0] | words[1] | words[2] | words[3]) == 0;
}

// Compiled twice where the system's loader can choose: with the wider vectors of most processors
// since 2013, and for all others; it chooses before ThreadSanitizer is ready to watch it.
#if defined(__x86_64__) && defined(__linux__) && !TRUERELAY_THREAD_SANITIZER
#define TRUERELAY_WIDE_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define TRUERELAY_WIDE_VECTORS
#endif

// How many bytes at the front of `wire` are in clean blocks. The last block has a byte behind it.
TRUERELAY_WIDE_VECTORS std::size_t clean_blocks(const char* wire, std::size_t size) {
  std::size_t end = 0;
  while (size - end > kBlock && clean_block(wire + end)) {
    end += kBlock;
  }
  return end;
}
#undef TRUERELAY_WIDE_VECTORS

bool plain(char byte) { return byte != '\r' && byte != '\n' && byte != '\0'; }

// How many bytes at the front of `wire`, which begins inside a line, are clean text: whole lines
// and the plain bytes after the last of them. The stretch never ends between CR and LF, nor between
// LF and a dot, so that what follows it is inside a line again, or as good as that.
std::size_t clean_stretch(std::string_view wire) {
  std::size_t end = 0;
  if (wire.front() != '\n') {
    end = clean_blocks(wire.data(), wire.size());
    if (end > 0 && wire[end - 1] == '\r') {
      --end;
    }
  }
  while (end < wire.size() && plain(wire[end])) {
    ++end;
  }
  return end;
}

}  // namespace

std::size_t DotDecoder::take(std::string_view wire, Buffer& out) {
  std::size_t taken = 0;
  (void)out.writable(refused_ ? 0 : wire.size());  // At once, and not once for each stretch.
  while (taken < wire.size() && at_ != At::end) {
    const char byte = wire[taken];
    switch (at_) {
      case At::line_start:
        if (byte == '.') {
          at_ = At::dot;
          ++taken;
        } else {
          at_ = At::text;
        }
        break;
      case At::dot:
        if (byte == '\r') {
          at_ = At::dot_cr;
          ++taken;
        } else {
          // The dot was stuffing, unless it is all that there is on a line.
          if (byte == '\n') {
            emit(".", out);
          }
          at_ = At::text;
        }
        break;
      case At::dot_cr:
        if (byte == '\n') {
          at_ = At::end;
          ++taken;
        } else {
          emit(".", out);
          bare_line_end(out);
          at_ = At::text;
        }
        break;
      case At::cr:
        if (byte == '\n') {
          emit("\r\n", out);
          at_ = At::line_start;
          ++taken;
        } else {
          bare_line_end(out);
          at_ = At::text;
        }
        break;
      case At::text:
        taken += take_text(wire.substr(taken), out);
        break;
      case At::end:
        break;
    }
  }
  return taken;
}

std::size_t DotDecoder::take_as_it_is(std::string_view wire) {
  const bool inside = at_ == At::text || (at_ == At::line_start && !wire.starts_with('.'));
  if (refused_ || wire.empty() || !inside) {
    return 0;
  }
  const std::size_t stretch = clean_stretch(wire);
  if (stretch > 0) {
    at_ = At::text;
    size_ += stretch;
  }
  return stretch;
}

std::size_t DotDecoder::take_text(std::string_view wire, Buffer& out) {
  const std::size_t stretch = clean_stretch(wire);
  if (stretch > 0) {
    emit(wire.substr(0, stretch), out);
    return stretch;
  }
  if (wire.front() == '\r') {
    at_ = At::cr;
  } else if (wire.front() == '\n') {
    bare_line_end(out);
  } else {
    refused_ = true;  // A NUL.
  }
  return 1;
}

void DotDecoder::emit(std::string_view content, Buffer& out) {
  if (!refused_) {
    out.append(content);
    size_ += content.size();
  }
}

// What follows is not at a line start, as far as dots are concerned: a client that sends bare line
// ends on purpose must not get its dots un-stuffed there.
void DotDecoder::bare_line_end(Buffer& out) {
  if (line_ends_ == LineEnds::reject) {
    refused_ = true;
  } else {
    emit("\r\n", out);
  }
}

}  // namespace truerelay::smtp
