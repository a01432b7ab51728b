#include "oauth/assertion.h"

#include <fmt/core.h>

#include "base/base64.h"
#include "oauth/json.h"

namespace truerelay::oauth {
namespace {

long long seconds(io::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string header_of(const JwtSigner& signer, std::string_view key_id) {
  std::string header = fmt::format(R"({{"alg":{},"typ":"JWT")", json_string(signer.algorithm()));
  if (!signer.thumbprint().empty()) {
    header += fmt::format(R"(,"x5t#S256":"{}")", base64url_encode(signer.thumbprint()));
  }
  if (!key_id.empty()) {
    header += fmt::format(R"(,"kid":{})", json_string(key_id));
  }
  return header + "}";
}

// RFC 7515 section 7.1: header, claims and signature, each in base64url.
std::expected<Redacted, std::string> signed_token(const JwtSigner& signer, std::string_view header,
                                                  std::string_view claims) {
  std::string token = base64url_encode(header) + "." + base64url_encode(claims);
  std::expected<std::string, std::string> signature = signer.sign(token);
  if (!signature) {
    return std::unexpected(std::move(signature.error()));
  }
  token += "." + base64url_encode(*signature);
  return Redacted(std::move(token));
}

}  // namespace

std::expected<Redacted, std::string> client_assertion(const JwtSigner& signer,
                                                      const ClientClaims& claims,
                                                      io::WallTime now) {
  const std::string client = json_string(claims.client_id);
  return signed_token(
      signer, header_of(signer, ""),
      fmt::format(R"({{"iss":{},"sub":{},"aud":{},"jti":{},"iat":{},"nbf":{},"exp":{}}})", client,
                  client, json_string(claims.audience), json_string(claims.id), seconds(now),
                  seconds(now), seconds(now + kAssertionLife)));
}

std::expected<Redacted, std::string> service_account_assertion(const JwtSigner& signer,
                                                               const ServiceAccountClaims& claims,
                                                               io::WallTime now) {
  return signed_token(
      signer, header_of(signer, claims.key_id),
      fmt::format(R"({{"iss":{},"sub":{},"scope":{},"aud":{},"jti":{},"iat":{},"exp":{}}})",
                  json_string(claims.issuer), json_string(claims.subject),
                  json_string(claims.scope), json_string(claims.audience), json_string(claims.id),
                  seconds(now), seconds(now + kAssertionLife)));
}

}  // namespace truerelay::oauth
