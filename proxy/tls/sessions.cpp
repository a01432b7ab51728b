#include "tls/sessions.h"

#include <algorithm>

namespace truerelay::tls {
namespace {

bool certificate_has_expired(const SSL_SESSION& session) {
  const X509* certificate = SSL_SESSION_get0_peer(&session);
  return certificate == nullptr || X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0;
}

}  // namespace

void Sessions::keep(std::string_view host, bssl::UniquePtr<SSL_SESSION> session) {
  kept_.push_front({std::string(host), std::move(session)});
  if (kept_.size() > kMost) {
    kept_.pop_back();
  }
}

bssl::UniquePtr<SSL_SESSION> Sessions::take(std::string_view host) {
  std::erase_if(kept_, [](const Kept& kept) { return certificate_has_expired(*kept.session); });
  const auto found =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.host == host; });
  if (found == kept_.end()) {
    return nullptr;
  }
  if (SSL_SESSION_should_be_single_use(found->session.get()) != 1) {
    return bssl::UpRef(found->session);
  }
  bssl::UniquePtr<SSL_SESSION> session = std::move(found->session);
  kept_.erase(found);
  return session;
}

}  // namespace truerelay::tls
