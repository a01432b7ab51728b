#include "oauth/used_secrets.h"

#include <utility>
#include <vector>

namespace truerelay::oauth {

std::optional<Fingerprint> UsedSecrets::known_by(
    const std::expected<Redacted, NoSecret>& found) const {
  return found ? std::optional(fingerprint_of(*found, key_)) : std::nullopt;
}

io::Task<std::expected<Redacted, NoSecret>> UsedSecrets::find(std::string name) {
  std::expected<Redacted, NoSecret> found = co_await store_.get(name);
  used_.insert_or_assign(name, known_by(found));
  co_return found;
}

io::Task<TokenResult<Redacted>> UsedSecrets::get(std::string name) {
  std::expected<Redacted, NoSecret> found = co_await find(std::move(name));
  if (!found) {
    co_return std::unexpected(failure_of(found.error()));
  }
  co_return *std::move(found);
}

io::Task<bool> UsedSecrets::changed() {
  std::vector<std::string> names;
  for (const auto& [name, secret] : used_) {
    names.push_back(name);
  }
  for (const std::string& name : names) {
    const std::expected<Redacted, NoSecret> now = co_await store_.get(name);
    const auto then = used_.find(name);  // A request may have begun meanwhile.
    if (then == used_.end() || known_by(now) != then->second) {
      co_return true;
    }
  }
  co_return false;
}

void UsedSecrets::replaced(const std::string& name, const Redacted& secret) {
  used_.insert_or_assign(name, fingerprint_of(secret, key_));
}

TokenFailure failure_of(const NoSecret& none) {
  return {.permanent = true, .cause = none.sentence, .remedy = ""};
}

}  // namespace truerelay::oauth
