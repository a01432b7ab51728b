#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/parsers.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/close_on_cancel.h"
#include "io/failure.h"
#include "io/stream.h"
#include "io/task.h"

namespace truerelay::http {

// The server's side of one connection from a browser on this machine: one GET, one answer. For the
// redirect at the end of an OAuth consent (RFC 8252 section 7.3). Browsers ask for icons, and open
// connections to say nothing on them: the owner takes several visits at a time, and lets the one
// with the right target count.
class Visit {
 public:
  // `port` is where the owner listens. By the deadline the visit is over.
  Visit(std::unique_ptr<io::Stream> stream, std::uint16_t port, io::Time deadline,
        io::Cancellation& cancellation);

  // Where it wants to go, "/callback?code=...&state=...": see path_of() and query_of(). What is no
  // GET, or names another host than this machine at this port (a web page's own, by DNS rebinding),
  // is answered here and fails with malformed or too_long; otherwise as the stream does.
  [[nodiscard]] io::Task<io::Result<Redacted>> target();

  // The one answer. The browser shows `text` as it is, not as HTML, and keeps no copy.
  [[nodiscard]] io::Task<io::Result<void>> answer(int status, std::string text);

 private:
  io::Task<io::Result<HeardRequest>> receive();

  std::unique_ptr<io::Stream> stream_;
  const std::uint16_t port_;
  const io::CloseOnCancel stop_;
};

}  // namespace truerelay::http
