#include "oauth/token_response.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/gives_away.h"
#include "oauth/errors.h"
#include "oauth/json.h"

namespace truerelay::oauth {
namespace {

// 12288 octets of base64, less the user's name and what stands around the token.
constexpr std::size_t kLongestToken = 8192;

constexpr io::Duration kLongestLifetime = std::chrono::hours(24);

constexpr std::size_t kLongestWords = 200;

// RFC 8628 section 3.2 names five seconds where the provider names nothing.
constexpr io::Duration kUsualInterval = std::chrono::seconds(5);
constexpr io::Duration kLongestInterval = std::chrono::minutes(1);
constexpr io::Duration kLongestDeviceLogin = std::chrono::minutes(30);

bool good(unsigned status) { return status >= 200 && status < 300; }

TokenFailure odd(const Answer& answer, std::string_view what) {
  return {.permanent = false,
          .cause = fmt::format("the token endpoint answered HTTP {} {}", answer.status, what),
          .remedy = "Check \"token_endpoint\" in [oauth]; truerelay tries again by itself",
          .retry_after = answer.retry_after};
}

std::string_view text_in(const JsonObject& body, std::string_view name) {
  const Redacted* text = body.text(name);
  return text != nullptr ? text->reveal() : std::string_view();
}

// A provider may repeat what it was sent.
bool may_be_shown(std::string_view words, const Form& sent) {
  return std::ranges::none_of(
      sent, [&](const Field& field) { return field.secret && gives_away(words, field.value); });
}

// The first line of the provider's own words, for it may add numbers of no use below.
std::string words_in(std::string_view description, const Form& sent) {
  return may_be_shown(description, sent)
             ? printable(description.substr(0, description.find_first_of("\r\n")), kLongestWords)
             : std::string();
}

// The body, or what is to be said instead of it.
TokenResult<JsonObject> read_body(const Answer& answer, const Form& sent) {
  const bool too_long = answer.body.reveal().size() > kLongestAnswer;
  std::optional<JsonObject> body =
      too_long ? std::nullopt : JsonObject::parse(answer.body.reveal());
  const bool overloaded = answer.status == 429 || answer.status >= 500;
  if (overloaded) {
    TokenFailure failure = odd(answer, answer.status == 429 ? "(too many requests)" : "");
    failure.cause = failure.cause.substr(0, failure.cause.find_last_not_of(' ') + 1);
    failure.remedy = "Wait; truerelay tries again by itself";
    failure.refused = answer.status == 429;
    return std::unexpected(std::move(failure));
  }
  if (!body) {
    return std::unexpected(odd(answer, too_long ? "with far more than an answer needs"
                                                : "with something that is not JSON"));
  }
  // Some providers answer an error with 200, and some name an error that is none beside a token.
  const std::string_view error = text_in(*body, "error");
  if (!error.empty()) {
    const std::string_view description = text_in(*body, "error_description");
    TokenFailure failure = failure_of(may_be_shown(error, sent) ? error : std::string_view(),
                                      description, words_in(description, sent));
    failure.retry_after = answer.retry_after;
    return std::unexpected(std::move(failure));
  }
  if (!good(answer.status)) {
    return std::unexpected(odd(answer, "and gave no reason"));
  }
  return *std::move(body);
}

io::Duration seconds_in(const JsonObject& body, std::string_view name, io::Duration otherwise,
                        io::Duration most) {
  const std::optional<std::int64_t> seconds = body.number(name);
  if (!seconds || *seconds <= 0) {
    return otherwise;
  }
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(most);
  return std::chrono::seconds(std::min<std::int64_t>(*seconds, longest.count()));
}

bool fit_to_be_shown(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

bool is_token(std::string_view text) { return fit_to_be_shown(text, kLongestToken); }

TokenResult<Token> read_token_response(const Answer& answer, const Form& sent) {
  TokenResult<JsonObject> body = read_body(answer, sent);
  if (!body) {
    return std::unexpected(std::move(body.error()));
  }
  const std::string_view access = text_in(*body, "access_token");
  const std::string_view type = text_in(*body, "token_type");
  if (access.empty()) {
    return std::unexpected(odd(answer, "without an access_token"));
  }
  if (!is_token(access)) {
    return std::unexpected(odd(answer, "with an access_token that no SMTP command can carry"));
  }
  if (body->has("token_type") && !ascii_equal(type, "Bearer")) {
    return std::unexpected(odd(answer, "with a token that is not of the type Bearer"));
  }
  Token token;
  token.access = Redacted(std::string(access));
  token.refresh = refresh_token_in(answer);
  token.lifetime = seconds_in(*body, "expires_in", kUnknownLifetime, kLongestLifetime);
  return token;
}

Redacted refresh_token_in(const Answer& answer) {
  if (!good(answer.status) || answer.body.reveal().size() > kLongestAnswer) {
    return {};
  }
  const std::optional<JsonObject> body = JsonObject::parse(answer.body.reveal());
  const std::string_view token = body ? text_in(*body, "refresh_token") : "";
  return is_token(token) ? Redacted(std::string(token)) : Redacted();
}

TokenResult<DeviceCode> read_device_response(const Answer& answer, const Form& sent) {
  TokenResult<JsonObject> body = read_body(answer, sent);
  if (!body) {
    return std::unexpected(std::move(body.error()));
  }
  DeviceCode code;
  code.device_code = Redacted(std::string(text_in(*body, "device_code")));
  code.user_code = text_in(*body, "user_code");
  code.verification_uri = text_in(*body, "verification_uri");
  if (code.verification_uri.empty()) {
    code.verification_uri = text_in(*body, "verification_url");  // Google's name for it.
  }
  const bool web =
      code.verification_uri.starts_with("https://") || code.verification_uri.starts_with("http://");
  if (!is_token(code.device_code.reveal()) || !fit_to_be_shown(code.user_code, 64) ||
      !fit_to_be_shown(code.verification_uri, 512) || !web) {
    return std::unexpected(odd(answer, "without the code and address of a device login"));
  }
  code.interval = seconds_in(*body, "interval", kUsualInterval, kLongestInterval);
  code.lifetime = seconds_in(*body, "expires_in", kLongestDeviceLogin, kLongestDeviceLogin);
  return code;
}

TokenFailure unanswered(const io::Failure& failure, std::string_view url) {
  const bool tls = failure.kind == io::Failure::Kind::tls_refused;
  return {.permanent = false,
          .cause = fmt::format("the token endpoint {} gave no answer: {}", url, failure.detail),
          .remedy = tls ? "Check \"token_endpoint\" and \"ca_file\" in [oauth]"
                        : "Check the network of this machine; truerelay tries again by itself"};
}

}  // namespace truerelay::oauth
