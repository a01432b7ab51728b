#include "tls/practice_authority.h"

#include <fmt/core.h>

#include <chrono>
#include <ctime>
#include <stdexcept>

#include "tls/boringssl_compat.h"
#include "tls/error_queue.h"

namespace truerelay::tls {
namespace {

void require(bool success, std::string_view what) {
  if (!success) {
    throw std::runtime_error(fmt::format("practice authority: {}: {}", what, take_error_reason()));
  }
}

bssl::UniquePtr<EVP_PKEY> new_key() {
  bssl::UniquePtr<EC_KEY> point(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  require(point && key && EC_KEY_generate_key(point.get()) == 1 &&
              EVP_PKEY_set1_EC_KEY(key.get(), point.get()) == 1,
          "no key could be made");
  return key;
}

// X.509 version 3 (RFC 5280 section 4.1.2): name, key, times and a random serial number.
bssl::UniquePtr<X509> blank(std::string_view common_name, EVP_PKEY& key,
                            const PracticeAuthority::Validity& validity) {
  constexpr int kSerialBits = 127;
  bssl::UniquePtr<X509> certificate(X509_new());
  bssl::UniquePtr<BIGNUM> serial(BN_new());
  require(certificate && serial &&
              BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) != nullptr,
          "no serial number");
  const auto set = [](ASN1_TIME* time, io::WallTime at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    return ASN1_TIME_set(time, static_cast<std::time_t>(seconds)) != nullptr;
  };
  require(X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
              set(X509_getm_notBefore(certificate.get()), validity.from) &&
              set(X509_getm_notAfter(certificate.get()), validity.until) &&
              X509_set_pubkey(certificate.get(), &key) == 1,
          "no certificate could be made");
  const bssl::UniquePtr<X509_NAME> subject(X509_NAME_new());
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  require(subject &&
              (common_name.empty() ||
               X509_NAME_add_entry_by_txt(subject.get(), "CN", MBSTRING_UTF8, text,
                                          static_cast<int>(common_name.size()), -1, 0) == 1) &&
              X509_set_subject_name(certificate.get(), subject.get()) == 1,
          "the name does not fit");
  return certificate;
}

void extend(X509& certificate, X509& issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const bssl::UniquePtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
  require(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, value);
}

// Byte by byte, so that a name with a NUL in it can be issued.
void add_alternative_names(X509& certificate, const PracticeAuthority::Request& request) {
  bssl::UniquePtr<GENERAL_NAMES> names(GENERAL_NAMES_new());
  require(names != nullptr, "no names");
  const auto add = [&](int type, ASN1_STRING* value) {
    bssl::UniquePtr<GENERAL_NAME> name(GENERAL_NAME_new());
    require(name && value != nullptr, "no name");
    GENERAL_NAME_set0_value(name.get(), type, value);
    require(sk_GENERAL_NAME_push(names.get(), name.release()) != 0, "no name");
  };
  for (const std::string& text : request.names) {
    ASN1_IA5STRING* value = ASN1_IA5STRING_new();
    require(
        value != nullptr && ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) == 1,
        text);
    add(GEN_DNS, value);
  }
  for (const std::string& text : request.addresses) {
    add(GEN_IPADD, a2i_IPADDRESS(text.c_str()));
  }
  if (sk_GENERAL_NAME_num(names.get()) > 0) {
    require(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1,
            "the names do not fit");
  }
}

std::string text_of(BIO& memory) {
  const std::uint8_t* bytes = nullptr;
  std::size_t length = 0;
  require(BIO_mem_contents(&memory, &bytes, &length) == 1, "no text");
  return {reinterpret_cast<const char*>(bytes), length};
}

std::string pem_of(X509& certificate) {
  const bssl::UniquePtr<BIO> memory(BIO_new(BIO_s_mem()));
  require(memory && PEM_write_bio_X509(memory.get(), &certificate) == 1, "no PEM text");
  return text_of(*memory);
}

std::string pem_of(EVP_PKEY& key) {
  const bssl::UniquePtr<BIO> memory(BIO_new(BIO_s_mem()));
  require(memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr,
                                                  nullptr) == 1,
          "no PEM text");
  return text_of(*memory);
}

}  // namespace

struct PracticeAuthority::Parts {
  bssl::UniquePtr<EVP_PKEY> key;
  bssl::UniquePtr<X509> certificate;
  std::string intermediates;  // PEM of this authority and those above it, without the root.

  void sign(X509& issued) const {
    require(X509_set_issuer_name(&issued, X509_get_subject_name(certificate.get())) == 1 &&
                X509_sign(&issued, key.get(), EVP_sha256()) > 0,
            "the signature failed");
  }
};

namespace {

// RFC 5280 section 4.2.1: what makes a certificate that of an authority. digitalSignature lets it
// stand in for a self-signed server as well.
void make_authority(X509& certificate) {
  extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate, certificate, NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign");
  extend(certificate, certificate, NID_subject_key_identifier, "hash");
}

}  // namespace

PracticeAuthority::PracticeAuthority(std::string_view name, const Validity& validity)
    : parts_(std::make_unique<Parts>()) {
  parts_->key = new_key();
  parts_->certificate = blank(name, *parts_->key, validity);
  make_authority(*parts_->certificate);
  parts_->sign(*parts_->certificate);
}

PracticeAuthority::PracticeAuthority(std::string_view name, const Validity& validity,
                                     const PracticeAuthority& parent)
    : parts_(std::make_unique<Parts>()) {
  parts_->key = new_key();
  parts_->certificate = blank(name, *parts_->key, validity);
  make_authority(*parts_->certificate);
  extend(*parts_->certificate, *parent.parts_->certificate, NID_authority_key_identifier, "keyid");
  parent.parts_->sign(*parts_->certificate);
  parts_->intermediates = pem_of(*parts_->certificate) + parent.parts_->intermediates;
}

PracticeAuthority::~PracticeAuthority() = default;

PracticeAuthority::Issued PracticeAuthority::issue(const Request& request) const {
  const bssl::UniquePtr<EVP_PKEY> key = new_key();
  const bssl::UniquePtr<X509> certificate = blank(request.common_name, *key, request.validity);
  extend(*certificate, *parts_->certificate, NID_basic_constraints, "critical,CA:FALSE");
  extend(*certificate, *parts_->certificate, NID_key_usage, "critical,digitalSignature");
  extend(*certificate, *parts_->certificate, NID_ext_key_usage, "serverAuth,clientAuth");
  extend(*certificate, *parts_->certificate, NID_authority_key_identifier, "keyid");
  add_alternative_names(*certificate, request);
  parts_->sign(*certificate);
  return {pem_of(*certificate) + parts_->intermediates, pem_of(*key)};
}

std::string PracticeAuthority::certificate() const { return pem_of(*parts_->certificate); }
std::string PracticeAuthority::key() const { return pem_of(*parts_->key); }

}  // namespace truerelay::tls
