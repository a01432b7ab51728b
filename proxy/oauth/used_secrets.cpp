#include "oauth/used_secrets.h"

#include <string_view>
#include <utility>
#include <vector>

namespace truerelay::oauth {
namespace {

Redacted copy_of(const Redacted& secret) { return Redacted(std::string(secret.reveal())); }

}  // namespace

io::Task<TokenResult<Redacted>> UsedSecrets::get(std::string name) {
  std::expected<Redacted, std::string> found = co_await store_.get(name);
  used_.insert_or_assign(name, found ? copy_of(*found) : Redacted());
  if (!found) {
    co_return std::unexpected(
        TokenFailure{.permanent = true, .cause = std::move(found.error()), .remedy = ""});
  }
  co_return *std::move(found);
}

io::Task<bool> UsedSecrets::changed() {
  std::vector<std::string> names;
  for (const auto& [name, secret] : used_) {
    names.push_back(name);
  }
  for (const std::string& name : names) {
    const std::expected<Redacted, std::string> now = co_await store_.get(name);
    const auto then = used_.find(name);  // A request may have begun meanwhile.
    if (then == used_.end() ||
        (now ? now->reveal() : std::string_view()) != then->second.reveal()) {
      co_return true;
    }
  }
  co_return false;
}

void UsedSecrets::replaced(const std::string& name, const Redacted& secret) {
  used_.insert_or_assign(name, copy_of(secret));
}

}  // namespace truerelay::oauth
