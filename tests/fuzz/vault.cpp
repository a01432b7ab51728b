// The file of a vault: as it comes, with its check made right, and with contents sealed by its key.
// Nothing is stretched: what a passphrase costs is not what is looked for here.

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"
#include "vault/contents.h"
#include "vault/key.h"
#include "vault/sealed_file.h"

namespace truerelay::fuzz {
namespace {

constexpr std::size_t kCheckSize = 16;

const vault::Key& key() {
  static const vault::Key known =
      *vault::Key::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  return known;
}

void check_fault(const vault::Fault& fault) {
  require(!fault.empty() && fault.size() < 500 && is_plain(fault), "a fault is a clause");
}

// A file as it lies on the disk; `ours`: what it holds was sealed with the key.
void read(std::string_view file, const SecureBytes* ours) {
  const std::expected<vault::Header, vault::Fault> header = vault::read_header(file);
  if (!header) {
    require(ours == nullptr, "what was written can be read");
    check_fault(header.error());
    return;
  }
  const bool cheap = header->stretching.passes <= 16 && header->stretching.memory <= 1ULL << 30;
  require(header->origin == vault::Header::Origin::drawn || cheap,
          "no file makes a passphrase cost more than ours do");
  const std::expected<SecureBytes, vault::Fault> clear = vault::unseal(file, key());
  if (!clear) {
    require(ours == nullptr, "what was sealed can be opened");
    check_fault(clear.error());
    return;
  }
  if (ours != nullptr) {
    require(clear->text() == ours->text(), "what was sealed is what is opened");
  }
  const std::optional<std::vector<vault::Entry>> entries = vault::decode(*clear);
  if (entries) {
    require(entries->size() <= vault::kMostEntries, "the entries are bounded");
    require(vault::encode(*entries).text() == clear->text(), "what is read is what is written");
  }
}

SecureBytes secure(std::string_view bytes) {
  SecureBytes copy(bytes.size());
  std::ranges::copy(bytes, copy.bytes().begin());
  return copy;
}

// As whoever forges a header would write it.
std::string with_right_check(std::string_view header) {
  std::string file = vault::seal(secure("the contents"), {}, key());
  const std::size_t forged = std::min(header.size(), vault::kHeaderSize - kCheckSize);
  std::ranges::copy(header.substr(0, forged), file.begin());
  crypto_generichash(reinterpret_cast<unsigned char*>(&file[vault::kHeaderSize - kCheckSize]),
                     kCheckSize, reinterpret_cast<const unsigned char*>(file.data()),
                     vault::kHeaderSize - kCheckSize, nullptr, 0);
  return file;
}

// A whole file of ours with one octet of it changed, or cut off, as the input says.
void read_damaged(std::string_view input) {
  static const std::string whole = vault::seal(secure("the contents"), {}, key());
  if (input.size() < 3) {
    return;
  }
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
  std::string damaged = whole;
  damaged[at(0) % damaged.size()] = static_cast<char>(at(1));
  damaged.resize(damaged.size() - at(2) % damaged.size());
  const std::expected<vault::Header, vault::Fault> header = vault::read_header(damaged);
  const bool opens = header && vault::unseal(damaged, key());
  require(opens == (damaged == whole), "what is damaged is not opened");
}

}  // namespace

void run(std::string_view input) {
  read(input, nullptr);
  read(with_right_check(input), nullptr);
  read_damaged(input);
  const SecureBytes contents = secure(input);
  read(vault::seal(contents, {}, key()), &contents);

  if (const std::optional<vault::Key> parsed = vault::Key::parse(input)) {
    require(parsed->bytes().size() == vault::Key::kSize, "a key has its size");
  }
}

}  // namespace truerelay::fuzz
