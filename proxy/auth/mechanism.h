#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"

namespace truerelay::auth {

// The client's side of one SASL dialogue (RFC 4422): knows no SMTP and no base64.
class Dialogue {
 public:
  virtual ~Dialogue() = default;

  // What may go with the AUTH command; nullopt where the server speaks first (LOGIN).
  [[nodiscard]] virtual std::optional<Redacted> initial_response() = 0;
  // The answer to a challenge (decoded); nullopt when none is due, so that the dialogue must be
  // cancelled with "*": a secret is never given in answer to a question that was not expected.
  [[nodiscard]] virtual std::optional<Redacted> answer(std::string_view challenge) = 0;
  // Nothing is left to be said: a success that comes before is no answer to it.
  [[nodiscard]] virtual bool all_said() const { return true; }
};

// `auth` of an upstream's configuration.
enum class Choice { none, automatic, plain, login, xoauth2, oauthbearer, passthrough };

// The mechanism to use with what the server offers (capitals, after TLS), or nullopt where none
// fits. automatic takes for a password PLAIN, else LOGIN; for a token XOAUTH2, else OAUTHBEARER.
[[nodiscard]] std::optional<std::string_view> pick_mechanism(
    Choice choice, Credentials::Kind kind, const std::vector<std::string>& offered);

// `host` and `port` go into OAUTHBEARER (RFC 7628).
[[nodiscard]] std::unique_ptr<Dialogue> begin_dialogue(std::string_view mechanism,
                                                       const Credentials& credentials,
                                                       std::string_view host, unsigned port);

}  // namespace truerelay::auth
