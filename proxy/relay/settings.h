#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "auth/mechanism.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/ip_address.h"
#include "smtp/dot_codec.h"

namespace truerelay::relay {

// What the relay needs to know of the configuration. Values; checked by whoever fills them in.
// The defaults of the times are those of RFC 5321 section 4.5.3.2.

enum class Tls { starttls, implicit, none };

struct ListenerSettings {
  std::string name;
  std::string host_name;             // What the greeting calls this machine.
  std::vector<io::IpNetwork> allow;  // Who may connect.
  smtp::LineEnds line_ends = smtp::LineEnds::normalize;
  Tls tls = Tls::none;
  std::size_t max_clients = 2000;
  std::uint64_t max_message_size = 256ULL * 1024 * 1024;  // Where the upstream names no limit.
  io::Duration command_timeout = std::chrono::minutes(5);
  io::Duration data_timeout = std::chrono::minutes(3);
  io::Duration duplicate_window = std::chrono::minutes(30);  // 0: none.
};

// automatic: BDAT where the upstream offers it, until it proves that it cannot.
enum class Chunking { automatic, off };

struct UpstreamSettings {
  std::string name;
  std::string file;  // Where it is configured, for the remedies in replies.
  io::Endpoint endpoint;
  Tls tls = Tls::starttls;
  std::string helo_name;
  auth::Choice auth = auth::Choice::automatic;
  std::string secret_key = "password_file";  // The key in its file that stands for the password.
  bool eager_mail = false;
  Chunking chunking = Chunking::automatic;
  unsigned max_connections = 20;                // At once, of one login.
  unsigned rate_per_minute = 0;                 // Messages of one login; 0: no limit.
  unsigned max_messages_per_connection = 1000;  // 0: no limit.
  io::Duration idle_close = std::chrono::minutes(1);
  bool keep_warm = false;                            // NOOP instead of idle_close.
  io::Duration patience = std::chrono::seconds(30);  // How long a client waits for its turn.
  std::uint64_t replay_buffer = 256ULL * 1024;       // Octets of a message kept for T4.
  bool replay_file = false;                          // What is longer goes to a temporary file.
  std::string fallback;                              // The name of another upstream, or empty.
  io::Duration connect_timeout = std::chrono::seconds(30);  // From DNS to the end of AUTH.
  io::Duration reply_timeout = std::chrono::minutes(5);
  io::Duration data_timeout = std::chrono::minutes(3);
  io::Duration final_reply_timeout = std::chrono::minutes(10);
};

// A body must come, and go, at least this fast; a block of data may take data_timeout besides.
inline constexpr std::uint64_t kSlowestBody = 128;  // Octets a second.

}  // namespace truerelay::relay
