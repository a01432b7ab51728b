#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "oauth/note.h"
#include "oauth/request_sources.h"

namespace truerelay::oauth {

// A person's login that lasts: a refresh token, which the provider may replace with every use
// (RFC 6749 section 6, RFC 9700 section 4.14).
//
// Once a new one has come the old one is never sent again, for a provider that sees a spent token
// takes it for stolen and ends the login. So the new one is put into the store first, and where
// that fails it is kept here, used from here, and saved as soon as that is possible. A value that a
// person puts into the store in the meantime is a new login and counts instead.
class RefreshTokenSource final : public TokenSource {
 public:
  struct Settings {
    ClientSettings client{};
    std::string refresh_token{};  // Its name in the store.
    std::string token_endpoint{};
    std::string scope{};
  };
  RefreshTokenSource(Settings settings, SourceParts parts, Note note)
      : settings_(std::move(settings)),
        parts_(std::move(parts)),
        note_(std::move(note)),
        secrets_(parts_.store) {}

  io::Task<TokenResult<Token>> fetch(io::Time deadline, io::Cancellation& cancellation) override;
  io::Task<bool> changed() override { return secrets_.changed(); }
  bool unsaved() const override { return latest_.has_value() && !saved_; }
  io::Task<void> save() override;

 private:
  io::Task<TokenResult<Redacted>> current();
  // A value in the store that was never sent or received here comes from a person.
  [[nodiscard]] bool of_a_person(const Redacted& stored) const;
  void replace(const Redacted& sent, Redacted next);

  Settings settings_;
  SourceParts parts_;
  Note note_;
  UsedSecrets secrets_;
  std::optional<Redacted> latest_;  // The last one that came from the provider,
  bool saved_ = false;              // and whether it is in the store.
  std::deque<std::size_t> spent_;   // Hashes of those that were replaced, never to be sent again.
  bool complained_ = false;
};

}  // namespace truerelay::oauth
