#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/cancellation.h"
#include "io/dialer.h"
#include "io/line_reader.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"
#include "tests/simulation/random.h"

namespace truerelay::soak {

// What all visitors of a run share, and what came of it.
struct Course {
  std::uint16_t plain = 0;     // The relay's port without TLS,
  std::uint16_t starttls = 0;  // and the one that offers it.
  io::TlsClient* tls = nullptr;
  std::uint64_t connections = 0;  // So many,
  std::uint64_t each = 4;         // with so many messages each.
  std::uint64_t begun = 0;        // Of the connections.

  std::uint64_t offered = 0;  // Messages, in one way or another.
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;   // For their recipient,
  std::uint64_t oversize = 0;  // or for the size that MAIL declares.
  std::uint64_t aborted = 0;   // In the middle of their data.
  std::uint64_t unheard = 0;   // Nobody waited for the answer to the final dot.
  std::uint64_t secured = 0;   // Connections with TLS.
  std::map<std::string, std::uint64_t> unexpected;  // Replies; none, where all is well.
};

// One program with mail to send: a connection, its messages one after the other, and an end that is
// not always QUIT. What it does is drawn.
class Visitor {
 public:
  Visitor(io::Clock& clock, Course& course, simulation::Random& random)
      : clock_(clock), course_(course), random_(random) {}

  [[nodiscard]] io::Task<void> visit(io::Dialer& dialer);

 private:
  io::Task<bool> open(io::Dialer& dialer);
  io::Task<bool> secure();
  io::Task<bool> send();  // False: the visit is over.
  io::Task<bool> send_data();
  io::Task<bool> say(std::string_view command);
  io::Task<bool> ask(std::string_view command, std::string_view wanted);
  io::Task<bool> hear(std::string_view wanted);

  io::Clock& clock_;
  Course& course_;
  simulation::Random& random_;
  io::Cancellation never_;
  std::unique_ptr<io::Stream> stream_;
  Buffer input_;
  io::LineReader lines_{4096};
};

}  // namespace truerelay::soak
