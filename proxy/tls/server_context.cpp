#include "tls/server_context.h"

#include <fmt/core.h>

#include <new>
#include <utility>

#include "base/redacted.h"
#include "tls/boringssl_compat.h"
#include "tls/handshake.h"
#include "tls/pem.h"

namespace truerelay::tls {

struct ServerContext::Parts {
  Parts() : context(SSL_CTX_new(TLS_method())) {
    if (!context) {
      throw std::bad_alloc();
    }
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Sessions live in the client's tickets, so that thousands of clients cost no memory here.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  }

  [[nodiscard]] static std::expected<std::unique_ptr<Parts>, std::string> with(
      const IdentityText& text) {
    auto parts = std::make_unique<Parts>();
    const std::expected<void, std::string> used = use_identity(*parts->context, text);
    if (!used) {
      return std::unexpected(used.error());
    }
    return parts;
  }

  bssl::UniquePtr<SSL_CTX> context;
};

ServerContext::ServerContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ServerContext::~ServerContext() = default;

std::expected<std::unique_ptr<ServerContext>, std::string> ServerContext::load(
    const std::filesystem::path& certificate_file, const std::filesystem::path& key_file) {
  const std::expected<std::string, std::string> chain = read_text(certificate_file);
  if (!chain) {
    return std::unexpected(fmt::format("the server certificate is missing: {}", chain.error()));
  }
  std::expected<std::string, std::string> read_key = read_text(key_file);
  if (!read_key) {
    return std::unexpected(
        fmt::format("the key of the server certificate is missing: {}", read_key.error()));
  }
  const Redacted key(std::move(*read_key));
  const std::string chain_source = certificate_file.string();
  const std::string key_source = key_file.string();
  auto parts = Parts::with({.chain = *chain,
                            .chain_source = chain_source,
                            .key = key.reveal(),
                            .key_source = key_source});
  if (!parts) {
    return std::unexpected(std::move(parts.error()));
  }
  return std::unique_ptr<ServerContext>(new ServerContext(std::move(*parts)));
}

std::expected<std::unique_ptr<ServerContext>, std::string> ServerContext::parse(
    std::string_view certificate_pem, std::string_view key_pem) {
  auto parts = Parts::with({.chain = certificate_pem,
                            .chain_source = "the text of the server certificate",
                            .key = key_pem,
                            .key_source = "the text of its key"});
  if (!parts) {
    return std::unexpected(std::move(parts.error()));
  }
  return std::unique_ptr<ServerContext>(new ServerContext(std::move(*parts)));
}

io::Task<io::Result<io::SecuredStream>> ServerContext::secure(std::unique_ptr<io::Stream> plain) {
  bssl::UniquePtr<SSL> ssl(SSL_new(parts_->context.get()));
  if (!ssl) {
    throw std::bad_alloc();
  }
  SSL_set_accept_state(ssl.get());
  SSL_set_shed_handshake_config(ssl.get(), 1);
  auto attempt = std::make_unique<Attempt>("the client", std::string());
  io::Result<io::SecuredStream> secured =
      co_await handshake(std::move(plain), std::move(ssl), std::move(attempt));
  co_return secured;
}

}  // namespace truerelay::tls
