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
};

struct UpstreamSettings {
  std::string name;
  std::string file;  // Where it is configured, for the remedies in replies.
  io::Endpoint endpoint;
  Tls tls = Tls::starttls;
  std::string helo_name;
  auth::Choice auth = auth::Choice::automatic;
  bool eager_mail = false;
  io::Duration connect_timeout = std::chrono::seconds(30);  // From DNS to the end of AUTH.
  io::Duration reply_timeout = std::chrono::minutes(5);
  io::Duration data_timeout = std::chrono::minutes(3);
  io::Duration final_reply_timeout = std::chrono::minutes(10);
};

// A body must come, and go, at least this fast; a block of data may take data_timeout besides.
inline constexpr std::uint64_t kSlowestBody = 128;  // Octets a second.

}  // namespace truerelay::relay
