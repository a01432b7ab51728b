#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/redacted.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/failure.h"
#include "io/task.h"
#include "oauth/form.h"

namespace truerelay::oauth {

// More than any answer of a provider needs; what is longer is not read.
inline constexpr std::size_t kLongestAnswer = std::size_t{64} * 1024;

// What came back from a request: the whole answer, whatever its status.
struct Answer {
  unsigned status = 0;
  std::optional<io::Duration> retry_after{};  // RFC 9110 section 10.2.3, as a duration.
  Redacted body{};                            // At most kLongestAnswer.
};

// Where requests for tokens go: HTTPS with a verified certificate, no redirects followed.
class TokenEndpoint {
 public:
  virtual ~TokenEndpoint() = default;
  // Posts the form. Fails where no whole answer came by the deadline, or it was too long.
  virtual io::Task<io::Result<Answer>> post(std::string url, Form form, io::Time deadline,
                                            io::Cancellation& cancellation) = 0;
};

}  // namespace truerelay::oauth
