#include "tls/refusal.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "tls/certificate_text.h"

namespace truerelay::tls {
namespace {

// A certificate of a large provider holds dozens of names; the first ones tell whose it is.
constexpr std::size_t kMostNames = 8;

std::string wrong_host(const X509& certificate) {
  const std::vector<std::string> names = names_of(certificate);
  if (names.empty()) {
    return fmt::format("it names no host in its subjectAltName, and its subject does not count");
  }
  std::string text = "it is for ";
  const std::size_t shown = std::min(names.size(), kMostNames);
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > shown) {
    text += fmt::format(" and {} more names", names.size() - shown);
  }
  return text;
}

std::string unknown_authority(const X509& last, std::string_view trusted, bool chain_is_one) {
  return fmt::format("it is issued by an unknown authority: {} is not in {}{}", issuer_of(last),
                     trusted,
                     chain_is_one ? " (or the server left out an intermediate certificate)" : "");
}

std::string reason(int error, int depth, const X509& certificate, std::string_view trusted) {
  // Below the top of the chain it is an authority's certificate that is at fault.
  const char* it = depth == 0 ? "it" : "the certificate of an issuer in its chain";
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("{} expired on {}", it, date_text(*X509_get0_notAfter(&certificate)));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format(
          "{} is not yet valid, only from {} on (is the clock of this machine "
          "right?)",
          it, time_text(*X509_get0_notBefore(&certificate)));
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return wrong_host(certificate);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format("it is self-signed and not in {}", trusted);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return unknown_authority(certificate, trusted,
                               depth == 0 && error != X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    case X509_V_ERR_INVALID_PURPOSE:
      return fmt::format("{} is not meant for a TLS server", it);
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return fmt::format("{} bears a false signature", it);
    default:
      return fmt::format("{} fails verification: {}", it, X509_verify_cert_error_string(error));
  }
}

}  // namespace

std::string chain_refusal(X509_STORE_CTX& context, std::string_view host,
                          std::string_view trusted) {
  const int error = X509_STORE_CTX_get_error(&context);
  const X509* at_fault = X509_STORE_CTX_get_current_cert(&context);
  const X509& certificate = at_fault != nullptr ? *at_fault : *X509_STORE_CTX_get0_cert(&context);
  const int depth = at_fault != nullptr ? X509_STORE_CTX_get_error_depth(&context) : 0;
  ERR_clear_error();
  return fmt::format("the certificate of {} is refused: {} ({})", printable(host),
                     reason(error, depth, certificate, trusted), describe(certificate));
}

std::string pin_refusal(const X509& own, std::string_view host, std::string_view pin) {
  return fmt::format(
      "the certificate of {} is refused: its key is none of the pinned ones; the SHA-256 of the "
      "server's key is {} ({})",
      printable(host), pin, describe(own));
}

}  // namespace truerelay::tls
