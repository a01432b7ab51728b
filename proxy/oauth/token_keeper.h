#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/credentials.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/scope.h"
#include "oauth/failure.h"
#include "oauth/note.h"
#include "oauth/random.h"
#include "oauth/token_source.h"

namespace truerelay::oauth {

// The access token of one identity, always ready: whoever logs in takes a copy.
//
// At most one request is under way, however many wait for it, and nobody's leaving cuts it short.
// A token is renewed before it expires, from the first time that somebody has asked for one. After
// a temporary failure the next request comes by itself, later each time; after a permanent one none
// comes until a person has changed a secret. A token that there is serves as long as it is good,
// whatever becomes of its renewal.
// Before it goes, close() is awaited, and by then nobody waits.
class TokenKeeper final : public auth::CredentialSource {
 public:
  struct Parts {
    io::Clock& clock;
    io::Executor& executor;
    Random random;  // For spreading requests in time.
    Note note;
  };
  TokenKeeper(std::string user, std::unique_ptr<TokenSource> source, Parts parts);
  ~TokenKeeper() override;

  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time until, io::Cancellation& cancellation) override;
  bool replace_refused(const auth::Credentials& refused) override;

  // The service is being stopped: from now on a token is asked for only while somebody waits for
  // it.
  void rest() { resting_ = true; }
  // Asks for no more tokens. A request under way may end where it could bring a new refresh token,
  // which must not be lost; any other is broken off.
  io::Task<void> close();

 private:
  struct Held {
    Redacted value;
    io::Time usable_until;
    io::Time replaced_at{};  // When it took the place of one that was refused, if it did.
    bool replacement = false;
  };
  class Waiter;
  struct Alarm final : io::Timer {
    Alarm(TokenKeeper& owner, io::Clock& clock) : Timer(clock), keeper(owner) {}
    void expire() override { keeper.alarm(); }
    TokenKeeper& keeper;
  };

  [[nodiscard]] io::Time now() const { return parts_.clock.now(); }
  [[nodiscard]] bool usable() const { return token_ && now() < token_->usable_until; }
  // Takes a permanent failure back where a person has changed something since.
  io::Task<void> reconsider();
  // Why it is of no use to wait until then.
  [[nodiscard]] std::optional<TokenFailure> hopeless(io::Time until) const;
  void alarm();
  void begin();
  io::Task<void> work();
  void took(Token token);
  void failed(TokenFailure failure);
  void wake_all();
  [[nodiscard]] io::Duration spread(io::Duration most) const;

  std::string user_;
  std::unique_ptr<TokenSource> source_;
  Parts parts_;
  std::optional<Held> token_;
  std::optional<TokenFailure> failure_;  // Of the last request, if it failed.
  unsigned failures_ = 0;                // In a row.
  io::Time next_request_{};              // After a temporary failure.
  io::Time reconsidered_{};              // The last time, after a permanent one.
  bool asking_ = false;
  bool for_refusal_ = false;  // The token that is being asked for replaces a refused one.
  bool resting_ = false;
  bool closed_ = false;
  std::vector<Waiter*> waiters_;
  Alarm alarm_;
  io::Cancellation closing_;
  io::Scope scope_;
};

}  // namespace truerelay::oauth
