#include "tls/client_context.h"

#include <fmt/core.h>

#include <new>
#include <utility>

#include "base/ascii.h"
#include "base/redacted.h"
#include "tls/boringssl_compat.h"
#include "tls/error_queue.h"
#include "tls/handshake.h"
#include "tls/peer_check.h"
#include "tls/pem.h"
#include "tls/sessions.h"
#include "tls/spki_pin.h"

namespace truerelay::tls {

struct ClientContext::Parts {
  explicit Parts(const Settings& settings)
      : context(SSL_CTX_new(TLS_method())), check(settings.trust, settings.verify, settings.pins) {
    if (!context) {
      throw std::bad_alloc();
    }
    SSL_CTX_set_min_proto_version(
        context.get(), settings.least == Version::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_app_data(context.get(), this);
    check.install(*context);
    if (settings.resumption) {
      SSL_CTX_set_session_cache_mode(context.get(),
                                     SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
      SSL_CTX_sess_set_new_cb(context.get(), keep_session);
    }
  }
  // A stream that outlives the context must not hand its tickets to what is gone.
  ~Parts() { SSL_CTX_set_app_data(context.get(), nullptr); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // 1: the session is taken over.
  static int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* parts = static_cast<Parts*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    if (parts == nullptr) {
      return 0;
    }
    const auto& attempt = *static_cast<const Attempt*>(SSL_get_app_data(ssl));
    parts->sessions.keep(attempt.host, bssl::UniquePtr<SSL_SESSION>(session));
    return 1;
  }

  bssl::UniquePtr<SSL_CTX> context;
  PeerCheck check;
  Sessions sessions;
};

ClientContext::ClientContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ClientContext::~ClientContext() = default;

std::expected<std::unique_ptr<ClientContext>, std::string> ClientContext::create(
    Settings settings) {
  if (settings.verify && !settings.trust) {
    return std::unexpected(
        "certificates are to be verified, but there are no trusted ones: name a ca_file");
  }
  for (const std::string& pin : settings.pins) {
    if (!is_spki_pin(pin)) {
      return std::unexpected(fmt::format(
          "the pin \"{}\" is not the base64 of a SHA-256 (44 characters that end in \"=\"): make "
          "it with openssl x509 -in CERT -pubkey -noout | openssl pkey -pubin -outform der | "
          "openssl dgst -sha256 -binary | openssl base64",
          printable(pin, 80)));
    }
  }
  auto parts = std::make_unique<Parts>(settings);
  if (!settings.client_certificate.empty()) {
    std::expected<std::string, std::string> read = read_text(settings.client_certificate);
    if (!read) {
      return std::unexpected(fmt::format("the client certificate is missing: {}", read.error()));
    }
    const Redacted text(std::move(*read));  // The key is in it.
    const std::string source = settings.client_certificate.string();
    const std::expected<void, std::string> used =
        use_identity(*parts->context, {.chain = text.reveal(),
                                       .chain_source = source,
                                       .key = text.reveal(),
                                       .key_source = source});
    if (!used) {
      return std::unexpected(used.error());
    }
  }
  return std::unique_ptr<ClientContext>(new ClientContext(std::move(parts)));
}

io::Task<io::Result<io::SecuredStream>> ClientContext::secure(std::unique_ptr<io::Stream> plain,
                                                              std::string host) {
  bssl::UniquePtr<SSL> ssl(SSL_new(parts_->context.get()));
  if (!ssl) {
    throw std::bad_alloc();
  }
  if (!parts_->check.expect(*ssl, host)) {
    co_return io::fail(
        io::Failure::Kind::tls_refused,
        fmt::format("\"{}\" is no host name that a certificate could be for", printable(host)));
  }
  if (const bssl::UniquePtr<SSL_SESSION> session = parts_->sessions.take(host)) {
    SSL_set_session(ssl.get(), session.get());
  }
  SSL_set_connect_state(ssl.get());
  SSL_set_shed_handshake_config(ssl.get(), 1);
  auto attempt = std::make_unique<Attempt>(std::move(host), std::string());
  io::Result<io::SecuredStream> secured =
      co_await handshake(std::move(plain), std::move(ssl), std::move(attempt));
  co_return secured;
}

}  // namespace truerelay::tls
