#include "oauth/authorization.h"

#include <fmt/core.h>

#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/base64.h"
#include "oauth/errors.h"
#include "oauth/token_response.h"

namespace truerelay::oauth {
namespace {

// RFC 3986 section 2.3: all else is escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char octet = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), octet, 16);
    if (failure != std::errc{} || digits.size() != 2 || end != digits.data() + 2) {
      return std::nullopt;
    }
    out += static_cast<char>(octet);
    i += 2;
  }
  return out;
}

// The value of `name` in "a=b&c=d"; nullopt where it is missing or badly escaped.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == name) {
      return unescaped(pair.substr(equals + 1));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return std::nullopt;
}

std::unexpected<TokenFailure> not_ours(std::string cause) {
  return std::unexpected(TokenFailure{.permanent = true,
                                      .cause = std::move(cause),
                                      .remedy = "Copy the whole address from the browser's "
                                                "address bar, or begin the login anew"});
}

}  // namespace

std::string random_text(const Random& random) {
  std::string octets;
  for (int word = 0; word < 4; ++word) {
    std::uint64_t bits = random();
    for (int i = 0; i < 8; ++i, bits >>= 8U) {
      octets += static_cast<char>(bits & 0xFFU);
    }
  }
  return base64url_encode(octets);
}

Attempt new_attempt(const Random& random, const Sha256& sha256) {
  std::string verifier = random_text(random);
  std::string challenge = base64url_encode(sha256(verifier));
  return {Redacted(std::move(verifier)), std::move(challenge), random_text(random)};
}

std::string authorization_url(const AuthorizationRequest& request, const Attempt& attempt) {
  std::string url = fmt::format(
      "{}{}response_type=code&client_id={}&redirect_uri={}&scope={}&state={}&code_challenge={}"
      "&code_challenge_method=S256",
      request.endpoint, request.endpoint.contains('?') ? '&' : '?', escaped(request.client_id),
      escaped(request.redirect_uri), escaped(request.scope), escaped(attempt.state),
      attempt.challenge);
  if (!request.user.empty()) {
    url += "&login_hint=" + escaped(request.user);
  }
  return request.extra.empty() ? url : url + "&" + request.extra;
}

TokenResult<Redacted> code_in_redirect(std::string_view address, std::string_view state) {
  const std::size_t question = address.find('?');
  if (question == address.npos) {
    return not_ours("the address has no query, which begins with a question mark");
  }
  std::string_view query = address.substr(question + 1);
  query = query.substr(0, query.find_first_of("# \t\r\n"));
  if (parameter(query, "state") != state) {
    return not_ours("the address is not the answer to this login");
  }
  if (const std::optional<std::string> error = parameter(query, "error")) {
    const std::string words = parameter(query, "error_description").value_or("");
    return std::unexpected(failure_of(*error, words, printable(words, 200)));
  }
  std::string code = parameter(query, "code").value_or("");
  if (!is_token(code)) {
    return not_ours("the address has no code in it");
  }
  return Redacted(std::move(code));
}

}  // namespace truerelay::oauth
