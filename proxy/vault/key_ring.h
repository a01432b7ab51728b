#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/redacted.h"
#include "platform/replace_file.h"
#include "vault/key.h"
#include "vault/sealed_file.h"

namespace truerelay::vault {

// Where the key of a vault comes from. The first of these that there is:
//
//     1. $CREDENTIALS_DIRECTORY/truerelay.key, an (encrypted) credential of systemd's;
//     2. the key file, which nobody but its owner may read;
//     3. a passphrase, in a file of the same kind, or typed in.
//
// What a vault was sealed with stands in its header: one with a passphrase asks for that, and the
// others for 1 or 2.
struct KeyPlaces {
  std::filesystem::path key_file;
  std::filesystem::path passphrase_file;  // Empty: none.
  // Asks a person for the passphrase of this vault; empty where there is nobody to ask.
  std::function<std::expected<Redacted, std::string>()> ask;
};

inline constexpr const char* kCredential = "truerelay.key";

// Gives the key for a vault. The last one stays in locked memory.
//
// A key file holds one key, or two while keys are changed, the one in use and the next one, each a
// line of base64; of what a line stands for on each system platform/protected_key.h knows more.
class KeyRing {
 public:
  explicit KeyRing(KeyPlaces places) : places_(std::move(places)) {}

  // The key that the header names. The error is a sentence, with the remedy.
  std::expected<const Key*, std::string> key_for(const Header& header);

  // The key for a new vault that no passphrase seals: that of the credential or of the key file, or
  // else one that is drawn and written to the key file.
  std::expected<const Key*, std::string> key_for_new(const platform::BeforeStep& before);

  // Draws the next key, and writes it to the key file beside `current`. From then on the file holds
  // the key of the vault whether that is sealed anew or not. Only keys in a key file can be
  // changed.
  std::expected<Key, std::string> add_next(const Key& current, const platform::BeforeStep& before);
  // The vault is sealed with `next`: the other one goes.
  std::expected<void, std::string> keep_only(const Key& next, const platform::BeforeStep& before);

  // The passphrase as the places have it.
  std::expected<Redacted, std::string> passphrase();

 private:
  [[nodiscard]] std::filesystem::path credential() const;
  std::expected<std::vector<Key>, std::string> stored_keys();
  std::expected<void, std::string> write_keys(std::initializer_list<const Key*> keys,
                                              const platform::BeforeStep& before);

  KeyPlaces places_;
  std::optional<Key> last_;
};

}  // namespace truerelay::vault
