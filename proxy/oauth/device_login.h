#pragma once

#include <functional>
#include <string>

#include "io/executor.h"
#include "oauth/request_sources.h"

namespace truerelay::oauth {

// A login on a machine without a browser (RFC 8628): a person types a code into a page elsewhere.
struct DeviceLogin {
  ClientSettings client{};
  std::string device_endpoint{};
  std::string token_endpoint{};
  std::string scope{};
};

// Shows the code and its page, and asks until the person has logged in, declined, or let the time
// go by. A request that gets no answer is asked again, more slowly.
io::Task<TokenResult<Token>> log_in_by_device(const DeviceLogin& login, const SourceParts& parts,
                                              io::Executor& executor,
                                              std::function<void(const DeviceCode&)> show,
                                              io::Cancellation& cancellation);

}  // namespace truerelay::oauth
