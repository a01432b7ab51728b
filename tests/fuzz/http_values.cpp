// URLs, forms and the times of Retry-After.

#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "http/form.h"
#include "http/retry_after.h"
#include "http/url.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

bool visible_ascii(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7F) {
      return false;
    }
  }
  return true;
}

void check_url(std::string_view input) {
  const std::expected<http::Url, std::string> url = http::parse_url(input);
  if (!url) {
    require(!url.error().empty() && url.error().size() < 200 && is_plain(url.error()),
            "a failure is a clause");
    return;
  }
  require(visible_ascii(url->host) && visible_ascii(url->target), "a URL holds what a URL may");
  require(url->target.starts_with('/') && !url->target.contains('#'), "a target is one");
  require(url->port != 0, "a port is one");
  require(url->secure || http::is_loopback(url->host), "in the clear only to this machine");
  const std::string written =
      (url->secure ? "https://" : "http://") + url->authority() + url->target;
  const std::expected<http::Url, std::string> again = http::parse_url(written);
  require(again.has_value(), "a URL that is written again can be read");
  require(again->host == url->host && again->port == url->port && again->target == url->target &&
              again->secure == url->secure,
          "and is the same");
  const std::string_view query = http::query_of(url->target);
  require(
      std::string(http::path_of(url->target)) + (query.empty() ? "" : "?") + std::string(query) ==
          (url->target.ends_with('?') && query.empty()
               ? url->target.substr(0, url->target.size() - 1)
               : url->target),
      "path and query are the target");
}

void check_form(std::string_view input) {
  const Redacted encoded = http::encode_form({{"name", input}, {"state", "s"}});
  require(visible_ascii(encoded.reveal()), "a form is ASCII");
  const std::optional<http::Form> own = http::Form::parse(encoded.reveal());
  if (own) {
    require(own->find("name")->reveal() == input, "a value is what it was");
    require(own->find("state")->reveal() == "s", "and the next one, too");
  } else {
    require(!is_plain(input) || input.contains('\t'), "any text without control bytes can be sent");
  }
  const std::optional<http::Form> form = http::Form::parse(input);
  if (form && form->find("code") != nullptr) {
    require(is_plain(form->find("code")->reveal()), "a value has no control byte");
  }
}

void check_retry_after(std::string_view input) {
  constexpr io::WallTime kNow{std::chrono::seconds(1'740'787'200)};
  const std::optional<io::Duration> pause = http::parse_retry_after(input, kNow);
  require(!pause || (*pause >= io::Duration{} && *pause <= http::kLongestRetryAfter),
          "a pause is neither negative nor endless");
}

}  // namespace

void run(std::string_view input) {
  check_url(input);
  check_form(input);
  check_retry_after(input);
}

}  // namespace truerelay::fuzz
