#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/clock.h"
#include "observe/events.h"

namespace truerelay::observe {

// What the text and the JSON form of a log line have in common: the bounds, so that nobody who can
// send a message can fill the memory or the disk with one line, and the forms of time.

inline constexpr std::size_t kLongestField = 512;  // Bytes of one field, before escaping,
inline constexpr std::size_t kLongestNote = 2048;  // of a note, which the relay itself wrote,
inline constexpr std::size_t kMostRecipients = 100;
inline constexpr std::size_t kMostRecipientBytes =
    std::size_t{32} * 1024;  // and of all recipients together.

// Anything worth a line that is neither a message nor a session.
struct Note {
  Level level = Level::info;
  std::string_view upstream;  // "" for none
  std::string_view text;
};

// How many of the recipients, from the first, are listed; the others are only counted.
[[nodiscard]] std::size_t listed_recipients(const MessageRecord& record);

// "2026-11-21T20:41:24.123Z" (RFC 3339)
[[nodiscard]] std::string timestamp(io::WallTime at);

// Milliseconds are given with a tenth, which is what tells a warm connection on the LAN from a slow
// one. `duration` is not negative.
[[nodiscard]] std::int64_t tenths_of_milliseconds(io::Duration duration);
[[nodiscard]] double milliseconds(io::Duration duration);

}  // namespace truerelay::observe
