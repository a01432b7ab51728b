#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "smtp/capabilities.h"
#include "smtp/path.h"
#include "smtp/reply.h"

namespace truerelay::smtp {

// The commands of a client, as values (RFC 5321 section 4.1, and the extensions named).

struct Hello {
  bool extended = false;  // EHLO
  std::string domain;     // What the client calls itself: printable ASCII, at most 255 octets.
};

// RFC 6152. BINARYMIME is refused: 501 5.5.4.
enum class Body : std::uint8_t { seven_bit, eight_bit_mime };
// RFC 3461 RET
enum class Return : std::uint8_t { full, headers };

struct Mail {
  Path reverse_path;
  std::optional<std::uint64_t> size;  // RFC 1870
  std::optional<Body> body;
  bool smtp_utf8 = false;  // RFC 6531
  std::optional<Return> ret;
  std::optional<std::string> envid;  // Decoded xtext; printable ASCII only, at most 100 octets.
  // AUTH= (RFC 4954 section 5) is parsed and dropped: the relay vouches for nobody.
};

struct Recipient {
  Path forward_path;
  std::vector<std::string> notify;           // "NEVER", or some of SUCCESS, FAILURE, DELAY.
  std::optional<std::string> orcpt_type;     // "rfc822"
  std::optional<std::string> orcpt_address;  // Still in xtext, checked; at most 500 octets.
};

struct Auth {
  std::string mechanism;                        // In capitals.
  std::optional<std::string> initial_response;  // Still base64; "" was written as "=".
};

struct Bdat {
  std::uint64_t size = 0;
  bool last = false;
};

struct Data {};
struct Reset {};
struct Noop {};
struct Quit {};
struct StartTls {};
struct Verify {};  // VRFY
struct Expand {};  // EXPN
struct Help {};
// Not SMTP at all, and the connection must end: an HTTP request (cross-protocol attack), TLS
// records on a plaintext port, a PROXY protocol header of a load balancer.
struct Foreign {
  std::string what;  // "an HTTP request", "a TLS handshake", "a PROXY protocol header"
};

using Command = std::variant<Hello, Mail, Recipient, Auth, Bdat, Data, Reset, Noop, Quit, StartTls,
                             Verify, Expand, Help, Foreign>;

// The longest command line that is taken, CRLF included: RFC 5321 says 512 and more for each
// extension (RFC 6531: 10, RFC 3461: 500 + ..., RFC 4954: 12288 for AUTH).
inline constexpr std::size_t kLongestCommandLine = 12288;
// The same for every command but AUTH.
inline constexpr std::size_t kLongestOtherCommandLine = 2048;

// Parses one line, its CRLF included. A bare LF is no line end: where it stands for one, somebody
// may have smuggled a command into an argument.
// A failure is the reply for the client: 500 5.5.2, 501 5.5.4, 501 5.1.x, 502 5.5.1, 504,
// 555 5.5.4, with a text that says what was expected and never quotes an argument, which may be a
// secret. Any NUL, bare CR, or other control byte inside: refused. Lines that are too long:
// 500 5.5.2. A BDAT that fails may have a chunk behind it: the caller must not read on.
// Of old devices are taken: small letters, spaces around the colon and at the end, paths without
// angle brackets.
[[nodiscard]] std::expected<Command, Reply> parse_command(std::string_view line);

// Whether the first bytes of a connection, before a whole line has come, show already that it does
// not speak SMTP. TLS takes 3 bytes to be known, HTTP the method and its space; fewer: nullopt.
[[nodiscard]] std::optional<Foreign> looks_foreign(std::string_view first_bytes);

// The line for an upstream, CRLF included, made from the values alone, with just the parameters
// that the upstream offers.
[[nodiscard]] std::string serialize(const Mail& mail, const Capabilities& upstream);
[[nodiscard]] std::string serialize(const Recipient& recipient, const Capabilities& upstream);

}  // namespace truerelay::smtp
