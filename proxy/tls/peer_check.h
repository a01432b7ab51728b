#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tls/boringssl_compat.h"
#include "tls/trust_store.h"

namespace truerelay::tls {

// What the callbacks of BoringSSL must know of one connection; SSL_get_app_data() points at it.
struct Attempt {
  std::string host;
  std::string refusal;  // Why the peer's certificate was not accepted, in words.
};

// Decides whether a server's certificate is the one of the host that was asked for.
//
// With `verify`: its chain must end at an anchor of the trust store (RFC 5280 section 6), and the
// host must be among the names of its subjectAltName; the common name does not count (RFC 9525
// section 6.3). With pins as well, one certificate of that chain must have a pinned key. Without
// `verify` the pins, if any, must hold the key of the server's own certificate, and nothing else is
// looked at.
class PeerCheck {
 public:
  PeerCheck(std::shared_ptr<const TrustStore> trust, bool verify, std::vector<std::string> pins);

  // Makes the handshakes of `context` ask this object, which must outlive them.
  void install(SSL_CTX& context);
  // Names the host of one connection, to the check and to the server (SNI, RFC 6066 section 3: DNS
  // names only). False: it can be no host name at all.
  [[nodiscard]] bool expect(SSL& ssl, const std::string& host) const;

 private:
  static int verify_callback(X509_STORE_CTX* context, void* self);
  [[nodiscard]] std::string refusal(X509_STORE_CTX& context, std::string_view host) const;
  [[nodiscard]] bool pinned(const X509& certificate) const;

  std::shared_ptr<const TrustStore> trust_;
  bool verify_;
  std::vector<std::string> pins_;
};

}  // namespace truerelay::tls
