#pragma once

#include <memory>
#include <string>

#include "http/client.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/tls.h"
#include "oauth/token_endpoint.h"

namespace truerelay::app {

// A provider of tokens over HTTPS. Clock and dialer outlive it.
class ProviderEndpoint final : public oauth::TokenEndpoint {
 public:
  ProviderEndpoint(io::Clock& clock, io::Dialer& dialer, std::unique_ptr<io::TlsClient> tls)
      : clock_(clock), tls_(std::move(tls)), client_(dialer, *tls_) {}

  io::Task<io::Result<oauth::Answer>> post(std::string url, oauth::Form form, io::Time deadline,
                                           io::Cancellation& cancellation) override;

 private:
  io::Clock& clock_;
  std::unique_ptr<io::TlsClient> tls_;
  http::Client client_;
};

}  // namespace truerelay::app
