#include "tls/pem.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "tls/error_queue.h"

namespace truerelay::tls {
namespace {

// A trust store of every authority in the world takes less than half a megabyte.
constexpr std::size_t kLongestText = 16 * 1024 * 1024;

bssl::UniquePtr<BIO> reader(std::string_view text) {
  return bssl::UniquePtr<BIO>(
      BIO_new_mem_buf(text.data(), static_cast<int>(std::min(text.size(), kLongestText))));
}

bool no_block_is_left() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

std::string unreadable(const std::filesystem::path& file, const std::error_code& why) {
  return fmt::format("{} cannot be read: {}; check the path, and that this service may read it",
                     file.string(), why.message());
}

// Stands in for the terminal prompt that there is not.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

std::expected<std::string, std::string> read_text(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return std::unexpected(unreadable(file, std::make_error_code(std::errc::is_a_directory)));
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    return std::unexpected(
        unreadable(file, std::error_code(errno != 0 ? errno : EIO, std::generic_category())));
  }
  return text;
}

std::expected<Certificates, std::string> parse_certificates(std::string_view pem,
                                                            std::string_view source) {
  const bssl::UniquePtr<BIO> text = reader(pem);
  Certificates certificates;
  while (true) {
    bssl::UniquePtr<X509> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!certificate) {
      break;
    }
    certificates.push_back(std::move(certificate));
  }
  if (!no_block_is_left()) {
    return std::unexpected(
        fmt::format("certificate number {} in {} cannot be read: {}; replace or remove it",
                    certificates.size() + 1, source, take_error_reason()));
  }
  ERR_clear_error();
  if (certificates.empty()) {
    return std::unexpected(
        fmt::format("{} holds no certificate: it must contain blocks '-----BEGIN "
                    "CERTIFICATE-----' (PEM)",
                    source));
  }
  return certificates;
}

std::expected<bssl::UniquePtr<EVP_PKEY>, std::string> parse_private_key(std::string_view pem,
                                                                        std::string_view source) {
  const bssl::UniquePtr<BIO> text = reader(pem);
  bssl::UniquePtr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr));
  if (key) {
    ERR_clear_error();
    return key;
  }
  if (pem.find("ENCRYPTED") != std::string_view::npos) {
    ERR_clear_error();
    return std::unexpected(fmt::format(
        "the private key in {} is encrypted with a passphrase, which nobody could type for a "
        "service: store it without one (openssl pkey -in KEY -out NEW) and protect the file",
        source));
  }
  if (no_block_is_left()) {
    ERR_clear_error();
    return std::unexpected(fmt::format(
        "{} holds no private key: it must contain a block '-----BEGIN PRIVATE KEY-----' (PEM)",
        source));
  }
  return std::unexpected(
      fmt::format("the private key in {} cannot be used: {}; export it anew "
                  "as PEM",
                  source, take_error_reason()));
}

std::expected<void, std::string> use_identity(SSL_CTX& context, const IdentityText& text) {
  std::expected<Certificates, std::string> chain =
      parse_certificates(text.chain, text.chain_source);
  if (!chain) {
    return std::unexpected(std::move(chain.error()));
  }
  const auto key = parse_private_key(text.key, text.key_source);
  if (!key) {
    return std::unexpected(key.error());
  }
  if (SSL_CTX_use_certificate(&context, chain->front().get()) != 1) {
    return std::unexpected(
        fmt::format("the certificate in {} cannot be used: {}; it must hold an "
                    "RSA or ECDSA key",
                    text.chain_source, take_error_reason()));
  }
  if (SSL_CTX_use_PrivateKey(&context, key->get()) != 1) {
    return std::unexpected(fmt::format(
        "the private key in {} does not belong to the first certificate in {} ({}): the own "
        "certificate must come first, and the key must be the one it was made for",
        text.key_source, text.chain_source, take_error_reason()));
  }
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(&context, (*chain)[i].get()) != 1) {
      return std::unexpected(fmt::format("certificate number {} in {} cannot be used: {}", i + 1,
                                         text.chain_source, take_error_reason()));
    }
  }
  return {};
}

}  // namespace truerelay::tls
