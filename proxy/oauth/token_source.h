#pragma once

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/task.h"
#include "oauth/failure.h"
#include "oauth/token_response.h"

namespace truerelay::oauth {

// One way to get an access token. Its keeper asks one at a time.
class TokenSource {
 public:
  virtual ~TokenSource() = default;

  // Asks once. Where a new refresh token came with the access token, it is in the store, or an
  // attempt was made to put it there, before this returns.
  virtual io::Task<TokenResult<Token>> fetch(io::Time deadline, io::Cancellation& cancellation) = 0;

  // Whether the answer to a request under way would be missed, even if nobody waits for the token.
  [[nodiscard]] virtual bool answer_may_matter() const { return false; }

  // After a permanent failure: a person has changed a secret, so that it is worth another try.
  [[nodiscard]] virtual io::Task<bool> changed() = 0;

  // A new refresh token could not be saved and is known to this process alone.
  [[nodiscard]] virtual bool unsaved() const { return false; }
  // Tries again to save it. Not while a fetch is under way.
  virtual io::Task<void> save() { co_return; }
};

}  // namespace truerelay::oauth
