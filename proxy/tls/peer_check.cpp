#include "tls/peer_check.h"

#include <algorithm>
#include <cassert>

#include "tls/certificate_pin.h"
#include "tls/native_trust_store.h"
#include "tls/refusal.h"

namespace truerelay::tls {

PeerCheck::PeerCheck(std::shared_ptr<const TrustStore> trust, bool verify,
                     std::vector<std::string> pins)
    : trust_(std::move(trust)), verify_(verify), pins_(std::move(pins)) {
  assert(trust_ || !verify_);
}

void PeerCheck::install(SSL_CTX& context) {
  if (trust_) {
    SSL_CTX_set_cert_store(&context, bssl::UpRef(trust_->native().store).release());
  }
  // PEER even if nothing is verified: the callback still has the last word.
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(&context, verify_callback, this);
}

bool PeerCheck::expect(SSL& ssl, const std::string& host) const {
  X509_VERIFY_PARAM* expected = SSL_get0_param(&ssl);
  X509_VERIFY_PARAM_set_hostflags(
      expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // A zone ("fe80::1%eth0") belongs to this machine, not to the certificate.
  const bool has_colon = host.find(':') != std::string::npos;
  const std::string address = has_colon ? host.substr(0, host.find('%')) : host;
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, address.c_str()) == 1) {
    return true;
  }
  ERR_clear_error();
  // The dot that makes a name absolute is no part of the name in a certificate.
  const std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
  const bool accepted = !name.empty() && !has_colon && name.find('\0') == std::string::npos &&
                        X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size()) == 1 &&
                        SSL_set_tlsext_host_name(&ssl, name.c_str()) == 1;
  ERR_clear_error();
  return accepted;
}

int PeerCheck::verify_callback(X509_STORE_CTX* context, void* self) {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& attempt = *static_cast<Attempt*>(SSL_get_app_data(ssl));
  attempt.refusal = static_cast<const PeerCheck*>(self)->refusal(*context, attempt.host);
  return attempt.refusal.empty() ? 1 : 0;
}

std::string PeerCheck::refusal(X509_STORE_CTX& context, std::string_view host) const {
  if (verify_ && X509_verify_cert(&context) != 1) {
    return chain_refusal(context, host, trust_->source());
  }
  if (pins_.empty()) {
    return {};
  }
  const X509& own = *X509_STORE_CTX_get0_cert(&context);
  bool any = pinned(own);
  const STACK_OF(X509)* verified = verify_ ? X509_STORE_CTX_get0_chain(&context) : nullptr;
  for (std::size_t i = 0; verified != nullptr && i < sk_X509_num(verified); ++i) {
    any = any || pinned(*sk_X509_value(verified, i));
  }
  if (any) {
    return {};
  }
  X509_STORE_CTX_set_error(&context, X509_V_ERR_APPLICATION_VERIFICATION);
  return pin_refusal(own, host, pin_of(own));
}

bool PeerCheck::pinned(const X509& certificate) const {
  return std::find(pins_.begin(), pins_.end(), pin_of(certificate)) != pins_.end();
}

}  // namespace truerelay::tls
