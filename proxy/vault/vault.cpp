#include "vault/vault.h"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/secret_name.h"
#include "platform/file_lock.h"
#include "platform/secret_file.h"

namespace truerelay::vault {
namespace {

constexpr std::chrono::hours kUseIsNotedAgainAfter{24};

Entry* find(std::vector<Entry>& entries, std::string_view name) {
  const auto found =
      std::ranges::find_if(entries, [&](const Entry& entry) { return entry.about.name == name; });
  return found != entries.end() ? &*found : nullptr;
}

}  // namespace

Vault::Vault(std::filesystem::path file, KeyPlaces places, Seams seams)
    : file_(std::move(file)), seams_(std::move(seams)), keys_(std::move(places)) {}

// --- Reading ---

bool Vault::exists() const {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(file_, ignored));
}

Result<std::string> Vault::read() {
  std::expected<std::optional<Redacted>, std::string> sealed =
      platform::read_private_file(file_, kLargestFile);
  if (!sealed) {
    return std::unexpected(std::move(sealed.error()));
  }
  if (!*sealed) {
    return std::unexpected(
        fmt::format("there is no vault {}; make it with 'truerelay secret init'", file_.string()));
  }
  return std::string((*sealed)->reveal());
}

Result<Header> Vault::header_of(const std::string& sealed) const {
  std::expected<Header, Fault> header = read_header(sealed);
  if (!header) {
    return fault(header.error());
  }
  return *header;
}

// Between reading the file and its key both may have been changed: then it begins anew.
Result<Vault::Opened> Vault::open() {
  Result<std::string> sealed = read();
  while (sealed) {
    Result<Header> header = header_of(*sealed);
    if (!header) {
      return std::unexpected(std::move(header.error()));
    }
    const Result<const Key*> key = keys_.key_for(*header);
    if (key) {
      std::expected<SecureBytes, Fault> clear = unseal(*sealed, **key);
      if (!clear) {
        return fault(clear.error());
      }
      std::optional<std::vector<Entry>> entries = decode(*clear);
      if (!entries) {
        return fault(unreadable("holds what this truerelay does not understand"));
      }
      return Opened{*header, *std::move(clear), *std::move(entries)};
    }
    sealed = read();
    const Result<Header> again = sealed ? header_of(*sealed) : *header;
    if (!again || again->key_id == header->key_id) {
      return std::unexpected(key.error());
    }
  }
  return std::unexpected(std::move(sealed.error()));
}

Result<Redacted> Vault::get(std::string_view name) {
  const std::lock_guard alone(mutex_);
  Result<Opened> opened = open();
  if (!opened) {
    return std::unexpected(std::move(opened.error()));
  }
  const Entry* const entry = find(opened->entries, name);
  if (entry == nullptr) {
    return no_entry(name);
  }
  return Redacted(std::string(entry->value));
}

Result<std::vector<About>> Vault::list() {
  const std::lock_guard alone(mutex_);
  Result<Opened> opened = open();
  if (!opened) {
    return std::unexpected(std::move(opened.error()));
  }
  std::vector<About> all;
  for (Entry& entry : opened->entries) {
    all.push_back(std::move(entry.about));
  }
  std::ranges::sort(all, {}, &About::name);
  return all;
}

Result<bool> Vault::has_passphrase() {
  const Result<std::string> sealed = read();
  if (!sealed) {
    return std::unexpected(sealed.error());
  }
  const Result<Header> header = header_of(*sealed);
  if (!header) {
    return std::unexpected(header.error());
  }
  return header->origin == Header::Origin::passphrase;
}

// --- Writing ---

Result<void> Vault::create(const std::optional<Redacted>& passphrase) {
  const std::lock_guard alone(mutex_);
  const Result<platform::FileLock> lock =
      platform::FileLock::acquire(lock_file(), seams_.lock_patience);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  if (exists()) {
    return std::unexpected(fmt::format("there is {} already; it is left as it is", file_.string()));
  }
  if (!passphrase) {
    const Result<const Key*> key = keys_.key_for_new(seams_.before);
    return key ? write({}, {}, **key) : std::unexpected(key.error());
  }
  const Header header{.origin = Header::Origin::passphrase, .stretching = seams_.draw_stretching()};
  const Result<Key> key = Key::stretch(passphrase->reveal(), header.stretching);
  return key ? write({}, header, *key) : std::unexpected(key.error());
}

Result<void> Vault::put(std::string_view name, Kind kind, const Redacted& value,
                        std::optional<Time> expires) {
  if (!is_secret_name(user_of_entry(name).value_or(name))) {
    return std::unexpected(fmt::format("the name must be of {}", kSecretNameRule));
  }
  if (value.empty() || value.reveal().size() > platform::kLongestSecret) {
    return std::unexpected(fmt::format("the value for '{}' must have from 1 to {} octets", name,
                                       platform::kLongestSecret));
  }
  return change(seams_.lock_patience, [&](std::vector<Entry>& entries) -> Result<void> {
    Entry* entry = find(entries, name);
    if (entry == nullptr) {
      if (entries.size() == kMostEntries) {
        return fault(fmt::format("is full: it has {} entries", kMostEntries));
      }
      entry = &entries.emplace_back();
      entry->about.name = name;
      entry->about.created = now();
    }
    entry->about.kind = kind;
    entry->about.changed = now();
    entry->about.expires = expires;
    entry->value = value.reveal();
    return {};
  });
}

Result<void> Vault::remove(std::string_view name) {
  return change(seams_.lock_patience, [&](std::vector<Entry>& entries) -> Result<void> {
    const auto removed =
        std::erase_if(entries, [&](const Entry& entry) { return entry.about.name == name; });
    return removed > 0 ? Result<void>() : no_entry(name);
  });
}

Result<void> Vault::note_use(std::string_view name) {
  const Result<std::vector<About>> all = list();
  if (!all) {
    return std::unexpected(all.error());
  }
  const auto known = std::ranges::find(*all, name, &About::name);
  if (known == all->end()) {
    return no_entry(name);
  }
  if (known->used && now() - *known->used < kUseIsNotedAgainAfter) {
    return {};
  }
  return change({}, [&](std::vector<Entry>& entries) -> Result<void> {
    if (Entry* const entry = find(entries, name)) {
      entry->about.used = now();
    }
    return {};
  });
}

Result<void> Vault::change(std::chrono::milliseconds patience,
                           const std::function<Result<void>(std::vector<Entry>&)>& edit) {
  const std::lock_guard alone(mutex_);
  const Result<platform::FileLock> lock = platform::FileLock::acquire(lock_file(), patience);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  Result<Opened> opened = open();
  if (!opened) {
    return std::unexpected(std::move(opened.error()));
  }
  if (Result<void> edited = edit(opened->entries); !edited) {
    return edited;
  }
  const Result<const Key*> key = keys_.key_for(opened->header);
  return key ? write(opened->entries, opened->header, **key) : std::unexpected(key.error());
}

Result<void> Vault::write(const std::vector<Entry>& entries, const Header& header, const Key& key) {
  const std::string sealed = seal(encode(entries), header, key);
  if (sealed.size() > kLargestFile) {
    return fault("would become larger than 4 MiB");
  }
  return platform::replace_file(file_, sealed, seams_.before);
}

// --- Another key ---

// Three files are written, one after the other: the key file with the next key beside the one in
// use, the vault sealed with the next key, the key file with that alone. Whichever of them is the
// last that was written, the key file has the key of the vault; and to begin anew from there does
// no harm. Of a passphrase only the vault itself is written.
Result<void> Vault::rotate_key(const std::optional<Redacted>& new_passphrase) {
  const std::lock_guard alone(mutex_);
  const Result<platform::FileLock> lock =
      platform::FileLock::acquire(lock_file(), seams_.lock_patience);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  Result<Opened> opened = open();
  if (!opened) {
    return std::unexpected(std::move(opened.error()));
  }
  if (opened->header.origin == Header::Origin::passphrase) {
    Result<Redacted> same;
    if (!new_passphrase) {
      same = keys_.passphrase();
      if (!same) {
        return std::unexpected(std::move(same.error()));
      }
    }
    Header header = opened->header;
    header.stretching = seams_.draw_stretching();
    const Result<Key> next =
        Key::stretch((new_passphrase ? *new_passphrase : *same).reveal(), header.stretching);
    return next ? write(opened->entries, header, *next) : std::unexpected(next.error());
  }
  const Result<const Key*> current = keys_.key_for(opened->header);
  if (!current) {
    return std::unexpected(current.error());
  }
  const Result<Key> next = keys_.add_next(**current, seams_.before);
  if (!next) {
    return std::unexpected(next.error());
  }
  if (Result<void> written = write(opened->entries, opened->header, *next); !written) {
    return written;
  }
  return keys_.keep_only(*next, seams_.before);
}

// --- Words ---

std::unexpected<std::string> Vault::fault(std::string_view clause) const {
  return std::unexpected(fmt::format("the vault {} {}", file_.string(), clause));
}

std::unexpected<std::string> Vault::no_entry(std::string_view name) const {
  const std::optional<std::string_view> user = user_of_entry(name);
  return std::unexpected(
      user ? fmt::format("there is no user '{}' in the vault {}", *user, file_.string())
           : fmt::format("there is no secret '{0}' in the vault {1}; write it with 'truerelay "
                         "secret set {0}'",
                         name, file_.string()));
}

std::filesystem::path Vault::lock_file() const {
  std::filesystem::path file = file_;
  file += ".lock";
  return file;
}

Time Vault::now() const {
  return seams_.now ? seams_.now()
                    : std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace truerelay::vault
