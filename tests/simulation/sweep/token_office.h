#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "io/clock.h"
#include "oauth/token_endpoint.h"
#include "tests/oauth/provider.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sweep/census.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A provider of access tokens, with all its troubles: it is slow, away, out of order, or says no.
// It knows one application, which proves itself with a secret or a certificate, and one login with
// a refresh token. That it replaces at each use, and one that was replaced ends the login when it
// comes again after its successor was used (RFC 9700 section 4.14).
class TokenOffice final : public oauth::TokenEndpoint {
 public:
  struct Temper {
    double trouble = 0;           // The chance of it at each request.
    double refuses_for_good = 0;  // Likewise: until a person has acted.
    io::Duration lifetime = std::chrono::hours(1);
    double cut_short = 0;  // The chance that a token is good for a third of that.
    bool rotates = true;

    [[nodiscard]] static Temper draw(Random& random);
  };
  static constexpr const char* kUrl = "https://login.example/token";
  static constexpr const char* kLoginName = "login";    // Of the refresh token in the store,
  static constexpr const char* kSecretName = "secret";  // of the application's secret,
  static constexpr const char* kCertificateName = "certificate";  // and of its certificate.

  // `changed` is called when other tokens are good than before.
  TokenOffice(World& world, Census& census, Temper temper, std::function<void()> changed);

  io::Task<io::Result<oauth::Answer>> post(std::string url, oauth::Form form, io::Time deadline,
                                           io::Cancellation& cancellation) override;

  // Those that log in now.
  [[nodiscard]] std::vector<std::string> good_tokens() const;
  // Every token that was given out is good no more.
  void revoke_tokens();
  // A person logs in again, or makes a new secret.
  void repair();

  // What the relay keeps in its vault.
  oauth::MemoryStore store;
  // A refresh token came again that must not have.
  [[nodiscard]] bool saw_reuse() const { return reused_; }

 private:
  struct Given {
    std::string token;
    io::Time until;
  };

  [[nodiscard]] oauth::Answer answer(const oauth::Form& form);
  [[nodiscard]] oauth::Answer renew(const std::string& refresh_token);
  [[nodiscard]] oauth::Answer refuse_for_good();
  [[nodiscard]] bool out_of_time(const std::string& assertion) const;
  [[nodiscard]] oauth::Answer give(const std::string& refresh_token);

  World& world_;
  Random random_;
  Census& census_;
  const Temper temper_;
  const std::function<void()> changed_;
  std::vector<Given> given_;
  std::string secret_ = "S0";
  std::string current_ = "R0";  // The refresh token,
  std::string previous_;        // and the one before, while this one has not been seen.
  std::set<std::string> spent_;
  bool refuses_ = false;
  bool reused_ = false;
  unsigned count_ = 0;
};

}  // namespace truerelay::simulation
