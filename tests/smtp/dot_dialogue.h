#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "smtp/dot_codec.h"

namespace truerelay::smtp::test {

// What a decoder makes of some bytes that came after DATA.
struct Decoded {
  std::string content;
  std::size_t taken = 0;
  bool finished = false;
  bool refused = false;
  std::uint64_t size = 0;

  bool operator==(const Decoded&) const = default;
};

// `wire` in chunks that begin at 0 and at each of `splits`, which ascend.
inline std::vector<std::string_view> chunks_of(std::string_view wire,
                                               const std::vector<std::size_t>& splits) {
  std::vector<std::string_view> chunks;
  std::size_t begin = 0;
  for (const std::size_t split : splits) {
    chunks.push_back(wire.substr(begin, split - begin));
    begin = split;
  }
  chunks.push_back(wire.substr(begin));
  return chunks;
}

inline Decoded decode(std::string_view wire, LineEnds line_ends,
                      const std::vector<std::size_t>& splits = {}) {
  DotDecoder decoder(line_ends);
  Buffer out;
  Decoded decoded;
  for (const std::string_view chunk : chunks_of(wire, splits)) {
    decoded.taken += decoder.take(chunk, out);
  }
  decoded.content = out.readable();
  decoded.finished = decoder.finished();
  decoded.refused = decoder.refused();
  decoded.size = decoder.size();
  return decoded;
}

inline std::string encode(std::string_view content, const std::vector<std::size_t>& splits = {}) {
  DotEncoder encoder;
  Buffer out;
  for (const std::string_view chunk : chunks_of(content, splits)) {
    encoder.take(chunk, out);
  }
  encoder.finish(out);
  return std::string(out.readable());
}

inline std::vector<std::size_t> every_byte(std::size_t size) {
  std::vector<std::size_t> splits;
  for (std::size_t split = 1; split < size; ++split) {
    splits.push_back(split);
  }
  return splits;
}

}  // namespace truerelay::smtp::test
