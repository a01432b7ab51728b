#include "vault/sealed_file.h"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "vault/octets.h"

namespace truerelay::vault {
namespace {

constexpr std::string_view kMagic = "TRVAULT\n";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kPrefix = 12;  // The same in every version.
constexpr std::size_t kCheckSize = 16;
constexpr std::size_t kNonceAt = 60;

using Nonce = std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;
using Check = std::array<unsigned char, kCheckSize>;

static_assert(kTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kNonceAt + sizeof(Nonce) + 4 + kCheckSize == kHeaderSize);

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Check check_of(std::string_view header) {
  Check check{};
  crypto_generichash(check.data(), check.size(), octets(header), header.size(), nullptr, 0);
  return check;
}

std::unexpected<Fault> cut_off(std::size_t there, std::size_t wanted) {
  return std::unexpected(
      unreadable(fmt::format("is cut off: {} of {} octets are there", there, wanted)));
}

std::unexpected<Fault> damaged_header() {
  return std::unexpected(unreadable("is damaged in its header"));
}

// Whether the first `size` octets, the check at their end included, are what was written.
bool undamaged(std::string_view file, std::size_t size) {
  const Check check = check_of(file.substr(0, size - kCheckSize));
  return std::ranges::equal(
      file.substr(size - kCheckSize, kCheckSize), check,
      [](char a, unsigned char b) { return static_cast<unsigned char>(a) == b; });
}

}  // namespace

Fault unreadable(std::string_view what) {
  return fmt::format(
      "{}; it is left as it is: put back a copy of it, or move it away and make another one with "
      "'truerelay secret init'",
      what);
}

std::expected<Header, Fault> read_header(std::string_view file) {
  prepare_sodium();
  if (file.empty()) {
    return std::unexpected(unreadable("is empty"));
  }
  if (file.substr(0, kMagic.size()) != kMagic.substr(0, file.size())) {
    return std::unexpected(unreadable("is not a vault of truerelay's, but some other file"));
  }
  if (file.size() < kPrefix) {
    return cut_off(file.size(), kHeaderSize);
  }
  OctetReader reader(file);
  reader.text(kMagic.size());
  const std::uint64_t version = reader.number(2);
  const auto size = static_cast<std::size_t>(reader.number(2));
  if (size < kPrefix + kCheckSize || (version == kVersion && size != kHeaderSize)) {
    return damaged_header();
  }
  if (file.size() < size) {
    return cut_off(file.size(), size);
  }
  if (!undamaged(file, size)) {
    return damaged_header();
  }
  if (version != kVersion) {
    return std::unexpected(
        fmt::format("has version {}, which a newer truerelay has written; use that one, this file "
                    "is left as it is",
                    version));
  }
  Header header;
  const std::uint64_t origin = reader.number(1);
  header.origin = static_cast<Header::Origin>(origin);
  reader.text(3);
  header.stretching.passes = static_cast<std::uint32_t>(reader.number(4));
  header.stretching.memory = reader.number(8);
  reader.bytes(header.stretching.salt);
  reader.bytes(header.key_id);
  reader.text(sizeof(Nonce));
  const std::uint64_t sealed = reader.number(4);
  if (origin > 1 ||
      (header.origin == Header::Origin::passphrase && !header.stretching.reasonable())) {
    return damaged_header();
  }
  if (file.size() - size < sealed) {
    return cut_off(file.size(), size + sealed);
  }
  if (file.size() - size > sealed) {
    return std::unexpected(unreadable("is damaged: something follows its end"));
  }
  return header;
}

std::expected<SecureBytes, Fault> unseal(std::string_view file, const Key& key) {
  const std::string_view header = file.substr(0, kHeaderSize);
  const std::string_view sealed = file.substr(kHeaderSize);
  if (sealed.size() < kTagSize) {
    return std::unexpected(unreadable("is damaged: it has no seal"));
  }
  SecureBytes contents(sealed.size() - kTagSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          contents.bytes().data(), nullptr, nullptr, octets(sealed), sealed.size(), octets(header),
          header.size(), octets(header.substr(kNonceAt)), key.bytes().data()) != 0) {
    return std::unexpected(unreadable("is damaged: its seal does not hold"));
  }
  return contents;
}

std::string seal(const SecureBytes& contents, const Header& header, const Key& key) {
  Nonce nonce;
  randombytes_buf(nonce.data(), nonce.size());
  const std::size_t sealed = contents.bytes().size() + kTagSize;
  std::string file(kHeaderSize + sealed, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(file.data());
  const bool stretched = header.origin == Header::Origin::passphrase;
  OctetWriter writer({out, file.size()});
  writer.text(kMagic);
  writer.number(kVersion, 2);
  writer.number(kHeaderSize, 2);
  writer.number(static_cast<std::uint64_t>(header.origin), 1);
  writer.number(0, 3);
  writer.number(stretched ? header.stretching.passes : 0, 4);
  writer.number(stretched ? header.stretching.memory : 0, 8);
  writer.bytes(stretched ? header.stretching.salt : Stretching().salt);
  writer.bytes(key.id());
  writer.bytes(nonce);
  writer.number(sealed, 4);
  writer.bytes(check_of(std::string_view(file).substr(0, kHeaderSize - kCheckSize)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(out + kHeaderSize, nullptr, contents.bytes().data(),
                                             contents.bytes().size(), out, kHeaderSize, nullptr,
                                             nonce.data(), key.bytes().data());
  return file;
}

}  // namespace truerelay::vault
