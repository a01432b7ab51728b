#include "oauth/used_secrets.h"

#include <utility>

namespace truerelay::oauth {
namespace {

Redacted copy_of(const Redacted& secret) { return Redacted(std::string(secret.reveal())); }

}  // namespace

TokenResult<Redacted> UsedSecrets::get(const std::string& name) {
  std::expected<Redacted, std::string> found = store_.get(name);
  used_.insert_or_assign(name, found ? copy_of(*found) : Redacted());
  if (!found) {
    return std::unexpected(
        TokenFailure{.permanent = true, .cause = std::move(found.error()), .remedy = ""});
  }
  return *std::move(found);
}

bool UsedSecrets::changed() {
  for (const auto& [name, secret] : used_) {
    const std::expected<Redacted, std::string> now = store_.get(name);
    if ((now ? now->reveal() : std::string_view()) != secret.reveal()) {
      return true;
    }
  }
  return false;
}

void UsedSecrets::replaced(const std::string& name, const Redacted& secret) {
  used_.insert_or_assign(name, copy_of(secret));
}

}  // namespace truerelay::oauth
