#pragma once

#include <filesystem>
#include <string>

#include "auth/credentials.h"

namespace truerelay::app {

// Credentials whose secret stands in a file that only its owner may read. The file is read at each
// login, so that a changed password needs no restart.
class PasswordFile final : public auth::CredentialSource {
 public:
  PasswordFile(std::string user, std::filesystem::path file, auth::Credentials::Kind kind)
      : user_(std::move(user)), file_(std::move(file)), kind_(kind) {}

  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time /*until*/, io::Cancellation& /*cancellation*/) override;

 private:
  std::string user_;
  std::filesystem::path file_;
  auth::Credentials::Kind kind_;
};

}  // namespace truerelay::app
