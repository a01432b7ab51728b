#include "oauth/refresh_token_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace truerelay::oauth {
namespace {

// A year of rotations, one an hour.
constexpr std::size_t kMostSpent = 10'000;

std::size_t hash_of(const Redacted& secret) {
  return std::hash<std::string_view>()(secret.reveal());
}

bool contains(const std::deque<std::size_t>& all, std::size_t one) {
  return std::ranges::find(all, one) != all.end();
}

Redacted copy_of(const Redacted& secret) { return Redacted(std::string(secret.reveal())); }

}  // namespace

bool RefreshTokenSource::of_a_person(const Redacted& stored) const {
  return stored.reveal() != latest_->reveal() && !contains(spent_, hash_of(stored));
}

// The one to send: what stands in the store, unless that was replaced already.
io::Task<TokenResult<Redacted>> RefreshTokenSource::current() {
  TokenResult<Redacted> stored = co_await secrets_.get(settings_.refresh_token);
  if (latest_ && stored && of_a_person(*stored)) {
    latest_.reset();
  }
  if (!latest_) {
    co_return stored;
  }
  // An old copy of the store may have been put back.
  saved_ = saved_ && stored && stored->reveal() == latest_->reveal();
  co_return copy_of(*latest_);
}

// From here on the one that was sent is spent.
void RefreshTokenSource::replace(const Redacted& sent, Redacted next) {
  spent_.push_back(hash_of(sent));
  if (spent_.size() > kMostSpent) {
    spent_.pop_front();
  }
  latest_ = std::move(next);
  saved_ = false;
}

io::Task<TokenResult<Token>> RefreshTokenSource::fetch(io::Time deadline,
                                                       io::Cancellation& cancellation) {
  secrets_.begin();
  const TokenResult<Redacted> sent = co_await current();
  if (!sent) {
    co_return std::unexpected(sent.error());
  }
  const TokenResult<Client> client = co_await prove(settings_.client, parts_.proof, secrets_);
  if (!client) {
    co_return std::unexpected(client.error());
  }
  Form form = refresh_request(*client, *sent);
  const io::Result<Answer> answer = co_await parts_.endpoint.post(
      settings_.token_endpoint, refresh_request(*client, *sent), deadline, cancellation);
  if (!answer) {
    co_return std::unexpected(unanswered(answer.error(), settings_.token_endpoint));
  }
  // Even an answer whose access token cannot be used may have replaced the refresh token.
  Redacted next = refresh_token_in(*answer);
  if (!next.empty() && next.reveal() != sent->reveal()) {
    replace(*sent, std::move(next));
    co_await save();
  }
  co_return read_token_response(*answer, form);
}

io::Task<void> RefreshTokenSource::save() {
  if (!unsaved()) {
    co_return;
  }
  // A person who logged in again in the meantime must not lose that.
  const std::expected<Redacted, std::string> stored =
      co_await parts_.store.get(settings_.refresh_token);
  if (stored && of_a_person(*stored)) {
    latest_.reset();
    co_return;
  }
  const Redacted saving = copy_of(*latest_);
  const std::expected<void, std::string> put =
      co_await parts_.store.put(settings_.refresh_token, copy_of(saving));
  if (put) {
    saved_ = true;
    secrets_.replaced(settings_.refresh_token, saving);
    if (std::exchange(complained_, false)) {
      note_(Weight::warning, "the new refresh token is saved now");
    }
  } else if (!std::exchange(complained_, true)) {
    note_(
        Weight::error,
        fmt::format("the provider gave a new refresh token, which cannot be saved: {}. It is used "
                    "from memory and saved as soon as that is possible; if truerelay ends before "
                    "that, a person must log in again",
                    put.error()));
  }
}

}  // namespace truerelay::oauth
