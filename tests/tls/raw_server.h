#pragma once

#include <memory>
#include <string>
#include <utility>

#include "io/tls.h"
#include "tls/boringssl_compat.h"
#include "tls/handshake.h"
#include "tls/pem.h"
#include "tls/practice_authority.h"

namespace truerelay::tls_test {

// A TLS server that the product would not be: old, or demanding. `context` may be set up at will.
class RawServer final : public io::TlsServer {
 public:
  explicit RawServer(const tls::PracticeAuthority::Issued& issued)
      : context(SSL_CTX_new(TLS_method())) {
    tls::use_identity(*context, {issued.chain, "chain", issued.key, "key"}).value();
  }

  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain) override {
    bssl::UniquePtr<SSL> ssl(SSL_new(context.get()));
    SSL_set_accept_state(ssl.get());
    auto attempt = std::make_unique<tls::Attempt>("the client", std::string());
    io::Result<io::SecuredStream> secured =
        co_await tls::handshake(std::move(plain), std::move(ssl), std::move(attempt));
    co_return secured;
  }

  bssl::UniquePtr<SSL_CTX> context;
};

}  // namespace truerelay::tls_test
