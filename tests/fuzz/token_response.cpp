// What a provider answers to a request for a token, or for the start of a device login. An input
// that begins with three digits and a space begins with the status: "400 {...}".

#include "oauth/token_response.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "oauth/errors.h"
#include "oauth/json.h"
#include "tests/fuzz/reference_utf8.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr std::string_view kSecret = "s3cr3t-canary";

oauth::Answer answer_of(std::string_view input) {
  oauth::Answer answer;
  answer.status = 200;
  const bool status =
      input.size() >= 4 && std::ranges::all_of(input.substr(0, 3), ascii_digit) && input[3] == ' ';
  if (status) {
    answer.status = static_cast<unsigned>(std::stoi(std::string(input.substr(0, 3))));
    input.remove_prefix(4);
  }
  answer.body = Redacted(std::string(input));
  return answer;
}

oauth::Form sent() {
  oauth::Form form;
  form.push_back({"client_secret", Redacted(std::string(kSecret)), true});
  return form;
}

void check_failure(const oauth::TokenFailure& failure) {
  const std::string sentence = oauth::sentence(failure);
  require(!sentence.empty() && sentence.size() < 2000, "a failure is a sentence");
  require(std::ranges::none_of(sentence, ascii_control), "a failure has no control byte");
  require(reference_utf8(sentence), "a failure is UTF-8");
  require(!sentence.contains(kSecret) && !failure.error.contains(kSecret),
          "a failure repeats no secret");
}

void check_visible(std::string_view text, std::string_view what) {
  require(!text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; }),
          what);
}

}  // namespace

void run(std::string_view input) {
  const oauth::Answer answer = answer_of(input);
  const oauth::TokenResult<oauth::Token> token = oauth::read_token_response(answer, sent());
  if (token) {
    require(answer.status >= 200 && answer.status < 300, "a token comes with 2xx");
    check_visible(token->access.reveal(), "a token can stand in an SMTP line");
    require(token->access.reveal().size() <= 8192, "a token is not longer than AUTH can carry");
    require(token->lifetime > io::Duration{} && token->lifetime <= std::chrono::hours(24),
            "a lifetime is sensible");
  } else {
    check_failure(token.error());
  }
  const Redacted refresh = oauth::refresh_token_in(answer);
  if (!refresh.empty()) {
    check_visible(refresh.reveal(), "a refresh token can be sent");
  }

  const oauth::TokenResult<oauth::DeviceCode> code = oauth::read_device_response(answer, sent());
  if (code) {
    check_visible(code->user_code, "a code can be shown");
    check_visible(code->verification_uri, "an address can be shown");
    require(code->verification_uri.starts_with("http"), "an address is one of the web");
    require(code->interval > io::Duration{} && code->interval <= std::chrono::minutes(1) &&
                code->lifetime > io::Duration{} && code->lifetime <= std::chrono::hours(1),
            "the times are sensible");
  } else {
    check_failure(code.error());
  }
  const std::optional<oauth::JsonObject> text =
      oauth::JsonObject::parse("{\"a\":" + oauth::json_string(input) + "}");
  require(text.has_value() == reference_utf8(input), "any text can be written as JSON");
  require(!text || text->text("a")->reveal() == input, "and is the same when it is read");
}

}  // namespace truerelay::fuzz
