#pragma once

#include <string>

#include "observe/line_parts.h"

namespace truerelay::observe {

// What happened as one line for a person to read, without an end of line:
//
//   2026-11-21T20:41:24.123Z info  message 7f3a-12/1 accepted listener=erp ... to=[a@b "250 Ok"]
//
// A value that holds anything but letters, digits and the signs of addresses stands in quotes and
// is escaped as printable() does: nothing that a client or an upstream sends can end the line,
// look like another key, or command a terminal.
[[nodiscard]] std::string text_line(io::WallTime at, const MessageRecord& record);
[[nodiscard]] std::string text_line(io::WallTime at, const SessionRecord& record);
[[nodiscard]] std::string text_line(io::WallTime at, const Note& note);

}  // namespace truerelay::observe
