#include "sandbox/sasl.h"

#include "base/ascii.h"

namespace truerelay::sandbox {
namespace {

constexpr char kSeparator = '\x01';

// The text before the first `end`, which is removed with it; nullopt where there is none.
std::optional<std::string_view> take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return taken;
}

std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
  return ascii_starts_with(text, prefix) ? std::optional(text.substr(prefix.size())) : std::nullopt;
}

// RFC 5801 section 4: a comma and an equals sign in a name are written =2C and =3D.
std::optional<std::string> unescape_name(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    if (name.front() != '=') {
      plain += name.front();
      name.remove_prefix(1);
      continue;
    }
    const std::string_view escape = name.substr(0, 3);
    if (escape != "=2C" && escape != "=3D") {
      return std::nullopt;
    }
    plain += escape == "=2C" ? ',' : '=';
    name.remove_prefix(3);
  }
  return plain;
}

// The value of "auth=Bearer ..." among key=value pairs, each ended by ^A, the last by a second one.
std::optional<std::string_view> bearer_token(std::string_view pairs) {
  std::optional<std::string_view> token;
  while (true) {
    const std::optional<std::string_view> pair = take_until(pairs, kSeparator);
    if (!pair) {
      return std::nullopt;
    }
    if (pair->empty()) {
      return pairs.empty() ? token : std::nullopt;
    }
    if (const std::optional<std::string_view> value = after(*pair, "auth=Bearer ")) {
      token = value;
    }
  }
}

}  // namespace

std::optional<Claim> parse_plain(std::string_view response) {
  const std::optional<std::string_view> authorize = take_until(response, '\0');
  if (!authorize) {
    return std::nullopt;
  }
  const std::optional<std::string_view> user = take_until(response, '\0');
  const bool acts_for_another = user && !authorize->empty() && *authorize != *user;
  if (!user || user->empty() || acts_for_another || response.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  return Claim{std::string(*user), Redacted(std::string(response))};
}

std::optional<Claim> parse_xoauth2(std::string_view response) {
  const std::optional<std::string_view> first = take_until(response, kSeparator);
  const std::optional<std::string_view> user = first ? after(*first, "user=") : std::nullopt;
  const std::optional<std::string_view> token = bearer_token(response);
  if (!user || user->empty() || !token) {
    return std::nullopt;
  }
  return Claim{std::string(*user), Redacted(std::string(*token))};
}

std::optional<Claim> parse_oauthbearer(std::string_view response) {
  const std::optional<std::string_view> header = take_until(response, kSeparator);
  const std::optional<std::string_view> identity = header ? after(*header, "n,") : std::nullopt;
  const std::optional<std::string_view> name = identity ? after(*identity, "a=") : std::nullopt;
  if (!name || !name->ends_with(',')) {
    return std::nullopt;
  }
  const std::optional<std::string> user = unescape_name(name->substr(0, name->size() - 1));
  const std::optional<std::string_view> token = bearer_token(response);
  if (!user || user->empty() || !token) {
    return std::nullopt;
  }
  return Claim{*user, Redacted(std::string(*token))};
}

}  // namespace truerelay::sandbox
