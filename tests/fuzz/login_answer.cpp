// The address to which a browser was sent at the end of a login, pasted or asked for.

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "oauth/authorization.h"
#include "oauth/errors.h"
#include "oauth/token_response.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/unescaped.h"

namespace truerelay::fuzz {

void run(std::string_view input) {
  constexpr std::string_view kState = "the-state-of-this-login";
  const oauth::TokenResult<Redacted> code = oauth::code_in_redirect(input, kState);
  if (code) {
    require(oauth::is_token(code->reveal()), "a code can be sent");
    require(unescaped(input).contains("state=" + std::string(kState)), "the state was in it");
  } else {
    const std::string sentence = oauth::sentence(code.error());
    require(!sentence.empty() && sentence.size() < 2000, "a failure is a sentence");
    require(std::ranges::none_of(sentence, ascii_control), "a failure has no control byte");
  }
}

}  // namespace truerelay::fuzz
