#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/redacted.h"
#include "platform/file_lock.h"
#include "platform/replace_file.h"
#include "vault/contents.h"
#include "vault/key_ring.h"
#include "vault/names.h"
#include "vault/sealed_file.h"

namespace truerelay::vault {

// An error is a sentence for an administrator, without a full stop, and never holds a secret.
template <class T>
using Result = std::expected<T, std::string>;

// Secrets at rest: named entries in one sealed file (sealed_file.h).
//
// Nothing of the file is kept between two calls but the key that opens it, in locked memory, so
// that each call sees what any other process has written. A change is made under an exclusive lock
// (FILE.lock), which other processes and threads wait for, and is on the disk when the call
// returns with success; after a failure, a crash or a loss of power the file is as it was before
// or as it was to be. A file that is damaged, cut off, foreign or of a newer version is an error
// and is never written to.
//
// The contents are in the clear for the time of a call only, in locked memory. A value leaves as
// Redacted, in locked memory as well; on its way there it passes through ordinary memory, which is
// wiped. What of that the system may have swapped out meanwhile is beyond us.
//
// Calls take as long as a disk takes, up to ten seconds where another process holds the lock, and
// a second where a passphrase is stretched: not for the thread of an event loop. They may come from
// any thread.
class Vault {
 public:
  // What only tests change.
  struct Seams {
    platform::BeforeStep before;  // Of every file that is replaced.
    std::function<Time()> now;    // Empty: the system's clock.
    std::chrono::milliseconds lock_patience{10'000};
    std::function<Stretching()> draw_stretching = Stretching::draw;
  };

  // Touches no file.
  Vault(std::filesystem::path file, KeyPlaces places)
      : Vault(std::move(file), std::move(places), {}) {}
  Vault(std::filesystem::path file, KeyPlaces places, Seams seams);
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // Makes an empty vault: where a passphrase is given sealed with that, else with a key (KeyRing).
  // There must be no file yet.
  Result<void> create(const std::optional<Redacted>& passphrase);
  [[nodiscard]] bool exists() const;

  // The value of an entry; that there is no such entry is an error.
  Result<Redacted> get(std::string_view name);
  // The same, and nullopt where there is no such entry.
  Result<std::optional<Redacted>> find(std::string_view name);
  // All that there is, in the order of the names, without the values.
  Result<std::vector<About>> list();

  // Writes an entry, or writes over it: success means that it is on the disk. `expires` replaces
  // what was known before. Names are those of names.h.
  Result<void> put(std::string_view name, Kind kind, const Redacted& value,
                   std::optional<Time> expires = std::nullopt);
  // Writes over an entry whose value is `old`, which keeps its kind. False: another value or none
  // stands there, and that is left as it is.
  Result<bool> replace(std::string_view name, const Redacted& old, const Redacted& value);
  Result<void> remove(std::string_view name);
  // The entry was of use. Written down once a day, and not at all where another one writes.
  Result<void> note_use(std::string_view name);

  // The exclusive right to have what stands under a name renewed elsewhere, by whoever keeps to it;
  // nullopt where another holder has it (FILE.NAME.lock). It keeps nobody from any other call.
  Result<std::optional<platform::FileLock>> reserve(std::string_view name);

  // A new key, or where a passphrase seals the vault the new passphrase, or the same one with a new
  // salt. At every moment the vault can be opened with what is then in the key file, or with one of
  // the two passphrases.
  Result<void> rotate_key(const std::optional<Redacted>& new_passphrase);
  // Whether a passphrase seals it.
  Result<bool> has_passphrase();

  // That there is no such entry, as get() says it.
  [[nodiscard]] std::string no_entry(std::string_view name) const;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  // What the file held when it was opened. `entries` lie in `clear`.
  struct Opened {
    Header header;
    SecureBytes clear;
    std::vector<Entry> entries;
  };

  Result<std::string> read();
  Result<Header> header_of(const std::string& sealed) const;
  Result<Opened> open();
  Result<void> change(std::chrono::milliseconds patience,
                      const std::function<Result<void>(std::vector<Entry>&)>& edit);
  Result<void> write(const std::vector<Entry>& entries, const Header& header, const Key& key);
  [[nodiscard]] std::unexpected<std::string> fault(std::string_view clause) const;
  [[nodiscard]] std::string no_vault() const;
  [[nodiscard]] std::filesystem::path lock_file() const;
  [[nodiscard]] Time now() const;

  const std::filesystem::path file_;
  const Seams seams_;
  std::mutex mutex_;  // Of the key ring.
  KeyRing keys_;
};

}  // namespace truerelay::vault
