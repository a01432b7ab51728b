#pragma once

#include <string>

#include "observe/line_parts.h"

namespace truerelay::observe {

// What happened as one line of JSON (RFC 8259), without an end of line, for programs to read. Each
// has "time", "level" and "event" ("message", "session_failed" or "note"); the other keys are
// always there, in the same order, so that a reader need not ask:
//
//   message         session number outcome listener client helo from to recipients size upstream
//                   upstream_address tls user connect_ms envelope_ms data_ms answer_ms reply
//                   client_heard; `to` is a list of {address, reply}, of which long ones show the
//                   beginning; `recipients` is how many there were
//   session_failed  session listener client helo transactions reason
//   note            upstream text
//
// A string holds its text as printable() gives it: what would command a terminal stands as \xNN
// even after decoding, and quotes and backslashes have a backslash before them.
[[nodiscard]] std::string json_line(io::WallTime at, const MessageRecord& record);
[[nodiscard]] std::string json_line(io::WallTime at, const SessionRecord& record);
[[nodiscard]] std::string json_line(io::WallTime at, const Note& note);

}  // namespace truerelay::observe
