#pragma once

#include <filesystem>
#include <string>

namespace truerelay::cli {

// What may stand on the command line of `truerelay secret ...`; never a secret itself.
struct SecretRequest {
  std::filesystem::path config_file;
  std::filesystem::path passphrase_file;      // Before that of the configuration.
  std::filesystem::path new_passphrase_file;  // rotate-key
  bool with_passphrase = false;               // init
  std::string name;
  std::string kind;     // set; empty: as it was, or a password
  std::string expires;  // set; empty: not known
};

// `truerelay secret ...`: the vault of the configuration, of which [vault] alone is read. Each
// returns the exit status and has told why it failed.
int secret_init(const SecretRequest& request);
int secret_set(const SecretRequest& request);
int secret_list(const SecretRequest& request);
int secret_remove(const SecretRequest& request);
int secret_rotate_key(const SecretRequest& request);
int secret_user_add(const SecretRequest& request);
int secret_user_remove(const SecretRequest& request);

}  // namespace truerelay::cli
