#include "sealed_records.h"

#include <array>
#include <cstdlib>
#include <cstring>

namespace truerelay::bench {
namespace {

constexpr std::size_t kHeader = 5;

const std::uint8_t* octets(const char* bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes);
}
std::uint8_t* octets(char* bytes) { return reinterpret_cast<std::uint8_t*>(bytes); }

}  // namespace

SealedRecords::SealedRecords() {
  const std::array<std::uint8_t, 16> key{};
  if (EVP_AEAD_CTX_init(key_.get(), EVP_aead_aes_128_gcm(), key.data(), key.size(),
                        EVP_AEAD_DEFAULT_TAG_LENGTH, nullptr) != 1) {
    std::abort();
  }
}

void SealedRecords::next_nonce(std::uint8_t (&nonce)[12]) {
  std::memset(nonce, 0, sizeof nonce);
  std::memcpy(nonce, &sequence_, sizeof sequence_);
  ++sequence_;
}

void SealedRecords::seal(std::string_view content, std::string& records) {
  inner_.assign(content).push_back('\x17');
  const std::size_t length = inner_.size() + 16;
  const std::array<char, kHeader> header{'\x17', '\x03', '\x03', static_cast<char>(length >> 8U),
                                         static_cast<char>(length & 0xFFU)};
  const std::size_t at = records.size();
  records.append(header.data(), header.size());
  records.resize(at + kHeader + length);
  std::uint8_t nonce[12];
  next_nonce(nonce);
  std::size_t written = 0;
  if (EVP_AEAD_CTX_seal(key_.get(), octets(records.data() + at + kHeader), &written, length, nonce,
                        sizeof nonce, octets(inner_.data()), inner_.size(), octets(header.data()),
                        header.size()) != 1 ||
      written != length) {
    std::abort();
  }
}

void SealedRecords::open(std::string_view record, std::string& content) {
  content.resize(record.size() - kHeader);
  std::uint8_t nonce[12];
  next_nonce(nonce);
  std::size_t written = 0;
  if (EVP_AEAD_CTX_open(key_.get(), octets(content.data()), &written, content.size(), nonce,
                        sizeof nonce, octets(record.data() + kHeader), record.size() - kHeader,
                        octets(record.data()), kHeader) != 1) {
    std::abort();
  }
  content.resize(written - 1);
}

}  // namespace truerelay::bench
