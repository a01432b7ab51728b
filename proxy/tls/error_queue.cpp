#include "tls/error_queue.h"

#include <algorithm>

#include "base/ascii.h"
#include "tls/boringssl_compat.h"

namespace truerelay::tls {

std::string take_error_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return words_of(reason != nullptr ? reason : "unknown reason");
}

std::string words_of(std::string_view reason) {
  std::string words = ascii_lower(reason);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace truerelay::tls
