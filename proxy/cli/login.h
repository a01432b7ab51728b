#pragma once

#include <filesystem>
#include <string>

namespace truerelay::cli {

struct LoginRequest {
  std::filesystem::path config_file;
  std::string upstream;
  bool browser = false;  // A login in the browser also where the provider has device codes.
};

// `truerelay login UPSTREAM`: a person consents that truerelay sends as the upstream's user; the
// refresh token goes into the vault.
int login(const LoginRequest& request);

}  // namespace truerelay::cli
