#include "oauth/refresh_token_source.h"

#include <fmt/core.h>

#include <algorithm>

namespace truerelay::oauth {
namespace {

// A year of rotations, one an hour.
constexpr std::size_t kMostSpent = 10'000;

// A request that began with less time than it needs might lose the answer, and the token with it.
constexpr io::Duration kLongestWait = std::chrono::seconds(10);

Redacted copy_of(const Redacted& secret) { return Redacted(std::string(secret.reveal())); }

}  // namespace

// --- Asking for a token ---

io::Task<TokenResult<Token>> RefreshTokenSource::fetch(io::Time deadline,
                                                       io::Cancellation& cancellation) {
  secrets_.begin();
  std::optional<TokenFailure> busy = co_await reserve(deadline, cancellation);
  if (busy) {
    co_return std::unexpected(*std::move(busy));
  }
  TokenResult<Token> token = co_await renew(deadline, cancellation);
  release();
  co_return token;
}

// Why the name cannot be reserved, or nothing.
io::Task<std::optional<TokenFailure>> RefreshTokenSource::reserve(io::Time deadline,
                                                                  io::Cancellation& cancellation) {
  if (reservation_ != nullptr) {
    co_return std::nullopt;  // The last one is not saved yet.
  }
  const io::Time until = std::min(deadline, parts_.proof.clock.now() + kLongestWait);
  std::expected<std::unique_ptr<Reservation>, std::string> reserved =
      co_await parts_.store.reserve(settings_.refresh_token, until, cancellation);
  if (reserved) {
    reservation_ = *std::move(reserved);
    co_return std::nullopt;
  }
  // That there is nothing to be renewed is what a person must hear of first.
  const std::expected<Redacted, NoSecret> stored = co_await secrets_.find(settings_.refresh_token);
  if (!stored && !latest_) {
    co_return failure_of(stored.error());
  }
  co_return TokenFailure{.cause = std::move(reserved.error()),
                         .remedy = "Wait; truerelay tries again by itself"};
}

io::Task<TokenResult<Token>> RefreshTokenSource::renew(io::Time deadline,
                                                       io::Cancellation& cancellation) {
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
    spend(*sent);
    latest_ = std::move(next);
    saved_ = false;
    co_await save();
  }
  co_return read_token_response(*answer, form);
}

// The one to send: what stands in the store, unless that was replaced already.
io::Task<TokenResult<Redacted>> RefreshTokenSource::current() {
  std::expected<Redacted, NoSecret> stored = co_await secrets_.find(settings_.refresh_token);
  const bool removed = !stored && stored.error().missing;
  if (latest_ && (removed || (stored && of_another(*stored)))) {
    forget_latest();
  }
  if (latest_) {
    // An old copy of the store may have been put back.
    saved_ = saved_ && stored && stored->reveal() == latest_->reveal();
    co_return copy_of(*latest_);
  }
  if (!stored) {
    co_return std::unexpected(failure_of(stored.error()));
  }
  co_return *std::move(stored);
}

// --- Saving the new one ---

io::Task<void> RefreshTokenSource::save() {
  if (!unsaved()) {
    co_return;
  }
  const std::expected<void, std::string> put = co_await put_latest();
  if (put) {
    release();
    if (std::exchange(complained_, false) && latest_) {
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

// Each further round is due to a person who changed the store between reading and writing it. What
// that person put there or removed counts.
io::Task<std::expected<void, std::string>> RefreshTokenSource::put_latest() {
  while (true) {
    std::expected<Redacted, NoSecret> stored = co_await parts_.store.get(settings_.refresh_token);
    if (!stored && !stored.error().missing) {
      co_return std::unexpected(std::move(stored.error().sentence));
    }
    if (!stored || of_another(*stored)) {
      forget_latest();
      co_return std::expected<void, std::string>();
    }
    std::expected<bool, std::string> replaced = co_await parts_.store.replace(
        settings_.refresh_token, *std::move(stored), copy_of(*latest_));
    if (!replaced) {
      co_return std::unexpected(std::move(replaced.error()));
    }
    if (*replaced) {
      saved_ = true;
      secrets_.replaced(settings_.refresh_token, *latest_);
      co_return std::expected<void, std::string>();
    }
  }
}

// --- What is known of tokens ---

bool RefreshTokenSource::of_another(const Redacted& stored) const {
  return stored.reveal() != latest_->reveal() &&
         std::ranges::find(spent_, fingerprint_of(stored, parts_.digest_key)) == spent_.end();
}

void RefreshTokenSource::spend(const Redacted& token) {
  spent_.push_back(fingerprint_of(token, parts_.digest_key));
  if (spent_.size() > kMostSpent) {
    spent_.pop_front();
  }
}

void RefreshTokenSource::forget_latest() {
  spend(*latest_);
  latest_.reset();
  saved_ = false;
}

void RefreshTokenSource::release() {
  if (!unsaved()) {
    reservation_.reset();
  }
}

}  // namespace truerelay::oauth
