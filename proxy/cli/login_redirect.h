#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "base/redacted.h"
#include "io/cancellation.h"
#include "io/event.h"
#include "io/scope.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/standard_input.h"
#include "oauth/failure.h"

namespace truerelay::cli {

// The end of a login in a browser (RFC 8252 section 7.3): the browser is sent to a port of this
// machine, or a person pastes the address to which it was sent on another one.
//
// Listens on 127.0.0.1 alone and answers every request with a short text. Only an address with the
// state of this login counts. Before it goes, close() is awaited.
class LoginRedirect {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<LoginRedirect>, std::string> open(
      net::Loop& loop, std::string state);

  [[nodiscard]] std::string uri(std::string_view host) const;
  // The code, or why there is none.
  io::Task<oauth::TokenResult<Redacted>> code(io::Time until, io::Cancellation& cancellation);
  io::Task<void> close();

 private:
  LoginRedirect(net::Loop& loop, std::string state);

  io::Task<void> serve(std::unique_ptr<io::Stream> stream);
  // Whether the address was the one that is waited for.
  bool take(std::string_view address, bool typed);

  net::Loop& loop_;
  std::string state_;
  io::Event news_;
  std::optional<oauth::TokenResult<Redacted>> code_;
  std::unique_ptr<net::Listener> listener_;
  std::unique_ptr<net::StandardInput> input_;
  unsigned answering_ = 0;  // Browsers that are told how it went.
  io::Cancellation closing_;
  io::Scope browsers_;
};

}  // namespace truerelay::cli
