#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/reply.h"

namespace truerelay::smtp {

// A reverse-path or forward-path (RFC 5321 section 4.1.2), parsed: source routes are dropped,
// quoted local parts and address literals kept as values. Never holds a control byte.
struct Path {
  std::string local_part;  // Without quotes and escapes.
  std::string domain;  // As written, literals with their brackets; empty for <> and <postmaster>.

  bool operator==(const Path&) const = default;
  [[nodiscard]] bool null() const { return local_part.empty() && domain.empty(); }
  [[nodiscard]] bool needs_smtp_utf8() const;  // Any byte is 80 or above.

  // "user@domain" with the local part quoted where it must be, no angle brackets; "" for <>.
  [[nodiscard]] std::string text() const;
};

// Parses "<...>" at the start of `rest` and removes it and one following space. Bounds of RFC 5321
// section 4.5.3.1: local part 64, domain 255, path 256 octets. The Reply of a failure is what the
// client is to hear: 501 5.1.7 for a reverse-path, 501 5.1.3 for a forward-path.
// A path without angle brackets ("RCPT TO:a@x") is taken, since old devices send it; a space ends
// it. Bytes of 80 and above must be UTF-8 (RFC 6531); whether SMTPUTF8 was asked for is the
// caller's to check. Without a domain only <> (reverse) and <postmaster> (forward) are taken. Dots
// that RFC 5321 wants quoted (a..b@x, a.@x) are taken unquoted, since there are mailboxes named so.
enum class PathKind : std::uint8_t { reverse, forward };
[[nodiscard]] std::expected<Path, Reply> parse_path(std::string_view& rest, PathKind kind);

}  // namespace truerelay::smtp
