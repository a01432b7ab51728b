#include "oauth/token_keeper.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace truerelay::oauth {
namespace {

constexpr io::Duration kRequest = std::chrono::seconds(30);  // The longest that one may take.

// A token is renewed in the last fifth of its life, but not more than so long before its end;
constexpr io::Duration kLongestMargin = std::chrono::minutes(5);
// one that lives for a moment only when somebody asks.
constexpr io::Duration kShortLife = std::chrono::minutes(1);
// So long before its end it is not handed out any more: a login takes time, clocks differ.
constexpr io::Duration kLastMoment = std::chrono::seconds(10);

constexpr io::Duration kFirstPause = std::chrono::seconds(1);
// A provider that cannot be reached or is out of order costs little to ask; mail waits for it.
constexpr io::Duration kLongestPause = std::chrono::seconds(15);
// One that works, and refuses, is to be left in peace.
constexpr io::Duration kLongestPauseOfRefusal = std::chrono::minutes(5);
// A provider that asks for more than this has its answer then.
constexpr io::Duration kLongestRetryAfter = std::chrono::minutes(15);

// A refusal of a token that has just replaced a refused one has another reason.
constexpr io::Duration kOneReplacement = std::chrono::minutes(10);

// After a permanent failure the store is looked into this often, however many clients come.
constexpr io::Duration kReconsider = std::chrono::seconds(1);

constexpr io::Duration kSaveAgain = std::chrono::seconds(10);
// A request under way at the end may bring a new refresh token, which must not be lost.
constexpr io::Duration kFarewell = std::chrono::seconds(20);

std::unexpected<auth::Refusal> refuse(const TokenFailure& failure) {
  return std::unexpected(auth::Refusal{.permanent = failure.permanent,
                                       .detail = failure.cause,
                                       .remedy = failure.remedy,
                                       .kind = auth::Credentials::Kind::token});
}

}  // namespace

// One that waits for news: a token, a failure, its deadline, or the wish to stop.
class TokenKeeper::Waiter final : public io::Timer {
 public:
  Waiter(TokenKeeper& keeper, io::Time until, io::Cancellation& cancellation)
      : Timer(keeper.parts_.clock), keeper_(keeper), stop_(*this, cancellation) {
    keeper_.waiters_.push_back(this);
    arm(until);
  }
  ~Waiter() override { std::erase(keeper_.waiters_, this); }

  void wake() {
    if (!std::exchange(woken_, true) && suspended_) {
      disarm();
      keeper_.parts_.executor.post(resumption_);
    }
  }

  bool await_ready() const { return woken_; }
  void await_suspend(std::coroutine_handle<> handle) {
    resumption_.set(handle);
    suspended_ = true;
  }
  void await_resume() const {}

 private:
  struct Stop final : io::Cancellation::Link {
    Stop(Waiter& owner, io::Cancellation& source) : Link(source), waiter(owner) {}
    void cancelled() override { waiter.wake(); }
    Waiter& waiter;
  };
  void expire() override { wake(); }

  TokenKeeper& keeper_;
  io::Resumption resumption_;
  bool woken_ = false;
  bool suspended_ = false;
  Stop stop_;
};

TokenKeeper::TokenKeeper(std::string user, std::unique_ptr<TokenSource> source, Parts parts)
    : user_(std::move(user)),
      source_(std::move(source)),
      parts_(std::move(parts)),
      alarm_(*this, parts_.clock),
      scope_(parts_.executor) {}

TokenKeeper::~TokenKeeper() = default;

// --- For whoever logs in ---

io::Task<std::expected<auth::Credentials, auth::Refusal>> TokenKeeper::credentials(
    io::Time until, io::Cancellation& cancellation) {
  while (!usable()) {
    if (closed_ || cancellation.requested()) {
      co_return refuse({.cause = "truerelay is being stopped", .remedy = ""});
    }
    if (failure_ && failure_->permanent && now() >= reconsidered_ + kReconsider) {
      co_await reconsider();
      continue;
    }
    if (const std::optional<TokenFailure> why_not = hopeless(until)) {
      co_return refuse(*why_not);
    }
    Waiter waiter(*this, until, cancellation);
    if (!failure_ || now() >= next_request_) {
      begin();
    }
    co_await waiter;
  }
  auth::Credentials credentials;
  credentials.kind = auth::Credentials::Kind::token;
  credentials.user = user_;
  credentials.secret = Redacted(std::string(token_->value.reveal()));
  co_return credentials;
}

io::Task<void> TokenKeeper::reconsider() {
  const bool changed = co_await source_->changed();
  reconsidered_ = now();  // Behind it: a look may take longer than the pause between two.
  if (changed && failure_ && failure_->permanent) {
    failure_.reset();
  }
}

std::optional<TokenFailure> TokenKeeper::hopeless(io::Time until) const {
  if (failure_ && !asking_ && (failure_->permanent || next_request_ >= until)) {
    return failure_;
  }
  if (now() >= until) {
    return failure_ ? *failure_
                    : TokenFailure{.cause = "the token endpoint has not answered yet",
                                   .remedy = "Wait; truerelay tries again by itself"};
  }
  return std::nullopt;
}

bool TokenKeeper::replace_refused(const auth::Credentials& refused) {
  if (!token_ || token_->value.reveal() != refused.secret.reveal()) {
    return true;  // There is another one by now, or it is on its way.
  }
  const bool replaced_lately = token_->replacement && now() < token_->replaced_at + kOneReplacement;
  const bool no_other = failure_ && failure_->permanent;
  if (replaced_lately || no_other || closed_) {
    return false;
  }
  parts_.note(Weight::information, "refused the access token, so another one is asked for");
  token_.reset();
  for_refusal_ = true;
  return true;
}

// --- Asking for tokens ---

// It is time: for a new token, to try again, or to save what could not be saved.
void TokenKeeper::alarm() {
  if (!resting_ || !waiters_.empty() || source_->unsaved()) {
    begin();
  }
}

void TokenKeeper::begin() {
  if (!asking_ && !closed_) {
    asking_ = true;
    alarm_.disarm();
    scope_.spawn(work());
  }
}

io::Task<void> TokenKeeper::work() {
  if (source_->unsaved()) {
    co_await source_->save();
  }
  const bool lasting = failure_ && failure_->permanent;
  const bool wanted = !failure_ && !usable();
  if (!lasting && (wanted || now() >= next_request_)) {
    TokenResult<Token> token = co_await source_->fetch(now() + kRequest, closing_);
    asking_ = false;
    if (token) {
      took(std::move(*token));
    } else {
      failed(std::move(token.error()));
    }
  }
  asking_ = false;
  if (!closed_) {
    const bool again = !failure_ || !failure_->permanent;
    const io::Time save = source_->unsaved() ? now() + kSaveAgain : io::Time::max();
    alarm_.arm(std::min(again ? next_request_ : io::Time::max(), save));
  }
  wake_all();
}

void TokenKeeper::took(Token token) {
  const bool short_life = token.lifetime < kShortLife;
  const io::Duration margin = std::min(token.lifetime / 5, kLongestMargin);
  const io::Time expires = now() + token.lifetime;
  token_ = Held{.value = std::move(token.access),
                .usable_until = expires - std::min(kLastMoment, token.lifetime / 5),
                .replaced_at = now(),
                .replacement = std::exchange(for_refusal_, false)};
  next_request_ = short_life ? io::Time::max() : expires - margin - spread(margin);
  if (std::exchange(failures_, 0) > 0) {
    parts_.note(Weight::warning, "there is an access token again");
  }
  failure_.reset();
}

// One loud line when it begins to fail, and one when that is for good; nothing for each try.
void TokenKeeper::failed(TokenFailure failure) {
  const bool known = failure_ && failure_->permanent == failure.permanent;
  if (!known && !closed_) {
    parts_.note(failure.permanent ? Weight::error : Weight::warning,
                fmt::format("there is no new access token: {}{}", sentence(failure),
                            failure.permanent ? ". Nothing is tried until that is done" : ""));
  }
  const io::Duration doubled = kFirstPause * (1LL << std::min(failures_, 20U));
  const io::Duration pause =
      std::min(doubled, failure.refused ? kLongestPauseOfRefusal : kLongestPause);
  const io::Duration asked =
      std::min(failure.retry_after.value_or(io::Duration{}), kLongestRetryAfter);
  next_request_ = now() + std::max(pause / 2 + spread(pause / 2), asked);
  ++failures_;
  reconsidered_ = now();
  failure_ = std::move(failure);
}

void TokenKeeper::wake_all() {
  for (Waiter* waiter : std::exchange(waiters_, {})) {
    waiter->wake();
  }
}

io::Duration TokenKeeper::spread(io::Duration most) const {
  return most.count() <= 0 ? io::Duration{}
                           : io::Duration(static_cast<io::Duration::rep>(
                                 parts_.random() % static_cast<std::uint64_t>(most.count())));
}

io::Task<void> TokenKeeper::close() {
  closed_ = true;
  alarm_.disarm();
  wake_all();
  struct Patience final : io::Timer {
    Patience(io::Clock& clock, io::Cancellation& source) : Timer(clock), closing(source) {}
    void expire() override { closing.cancel(); }
    io::Cancellation& closing;
  };
  Patience patience(parts_.clock, closing_);
  patience.arm(now() + (source_->answer_may_matter() ? kFarewell : io::Duration{}));
  co_await scope_.finished();
  if (source_->unsaved()) {
    co_await source_->save();
  }
}

}  // namespace truerelay::oauth
