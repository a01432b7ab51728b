#pragma once

#include <memory>
#include <string>

#include "auth/credentials.h"
#include "io/task.h"
#include "oauth/token_keeper.h"
#include "tests/simulation/sweep/token_office.h"

namespace truerelay::simulation {

// What the relay logs in with.
enum class LoginKind {
  password,
  wrong_password,
  refresh_token,            // Tokens, by a person's login that lasts;
  application_secret,       // by an application with its secret,
  application_certificate,  // or with a certificate, and with the time.
};

// The credentials of one generation of the relay. Before it goes, close() is awaited.
class LoginSource {
 public:
  // `office` is nullptr where there are no tokens.
  LoginSource(World& world, LoginKind kind, std::string user, std::string password,
              TokenOffice* office);

  [[nodiscard]] auth::CredentialSource& credentials() const;
  // The service is being stopped.
  void rest();
  io::Task<void> close();

 private:
  std::unique_ptr<auth::CredentialSource> stored_;
  std::unique_ptr<oauth::TokenKeeper> keeper_;
};

}  // namespace truerelay::simulation
