#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "oauth/fingerprint.h"
#include "oauth/note.h"
#include "oauth/request_sources.h"

namespace truerelay::oauth {

// A person's login that lasts: a refresh token, which the provider may replace with every use
// (RFC 6749 section 6, RFC 9700 section 4.14).
//
// Once a new one has come the old one is never sent again, for a provider that sees a spent token
// takes it for stolen and ends the login. So the new one is put into the store first, and where
// that fails it is kept here, used from here, and saved as soon as that is possible. From reading
// the one until the other is saved the name is reserved: whoever else renews from this store, in
// this process or another, would send the spent one. A value that somebody else puts into the store
// in the meantime is a newer login or renewal and counts instead, and one that a person removes is
// gone.
class RefreshTokenSource final : public TokenSource {
 public:
  struct Settings {
    ClientSettings client{};
    std::string refresh_token{};  // Its name in the store.
    std::string token_endpoint{};
  };
  RefreshTokenSource(Settings settings, SourceParts parts, Note note)
      : settings_(std::move(settings)),
        parts_(std::move(parts)),
        note_(std::move(note)),
        secrets_(parts_.store, parts_.digest_key) {}

  io::Task<TokenResult<Token>> fetch(io::Time deadline, io::Cancellation& cancellation) override;
  bool answer_may_matter() const override { return true; }
  io::Task<bool> changed() override { return secrets_.changed(); }
  bool unsaved() const override { return latest_.has_value() && !saved_; }
  io::Task<void> save() override;

 private:
  io::Task<std::optional<TokenFailure>> reserve(io::Time deadline, io::Cancellation& cancellation);
  io::Task<TokenResult<Token>> renew(io::Time deadline, io::Cancellation& cancellation);
  io::Task<TokenResult<Redacted>> current();
  io::Task<std::expected<void, std::string>> put_latest();
  // A value in the store that was never sent or received here comes from somebody else.
  [[nodiscard]] bool of_another(const Redacted& stored) const;
  void spend(const Redacted& token);
  void forget_latest();
  void release();

  Settings settings_;
  SourceParts parts_;
  Note note_;
  UsedSecrets secrets_;
  std::optional<Redacted> latest_;  // The last one that came from the provider,
  bool saved_ = false;              // and whether it is in the store.
  std::deque<Fingerprint> spent_;   // Of those that were replaced, never to be sent again.
  std::unique_ptr<Reservation> reservation_;  // As long as what is in the store may be spent.
  bool complained_ = false;
};

}  // namespace truerelay::oauth
