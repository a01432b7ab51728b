#pragma once

#include <string>
#include <string_view>

#include "io/clock.h"
#include "io/ip_address.h"
#include "io/tls.h"
#include "sandbox/ledger.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// The ledger's events as lines of ledger.jsonl: one JSON object each, without the line end. Every
// line has "time" (UTC) and "event" and "connection"; bytes that are not UTF-8 become U+FFFD.

// "2026-11-21T20:58:00.123Z"
[[nodiscard]] std::string utc(io::WallTime time);

[[nodiscard]] std::string connected_line(io::WallTime time, ConnectionId connection,
                                         const io::Peer& peer);
[[nodiscard]] std::string secured_line(io::WallTime time, ConnectionId connection,
                                       const io::TlsFacts& facts);
[[nodiscard]] std::string login_line(io::WallTime time, ConnectionId connection,
                                     const Login& login);
[[nodiscard]] std::string disconnected_line(io::WallTime time, ConnectionId connection,
                                            std::string_view reason);
[[nodiscard]] std::string sender_line(io::WallTime time, const Envelope& envelope,
                                      const smtp::Reply& reply);
// The last recipient of the envelope.
[[nodiscard]] std::string recipient_line(io::WallTime time, const Envelope& envelope);
// With the accepted recipients, and the name of the file that holds the message.
[[nodiscard]] std::string accepted_line(io::WallTime time, const Envelope& envelope,
                                        const Content& content, const smtp::Reply& reply,
                                        std::string_view file);
[[nodiscard]] std::string refused_line(io::WallTime time, const Envelope& envelope,
                                       const Content& content, const smtp::Reply& reply);
[[nodiscard]] std::string abandoned_line(io::WallTime time, const Envelope& envelope,
                                         const Content& content, std::string_view reason);
[[nodiscard]] std::string answered_line(io::WallTime time, const Envelope& envelope, bool written);

}  // namespace truerelay::sandbox
