#include "base/secure_bytes.h"

#include <sodium.h>

#include <cstdlib>
#include <new>
#include <utility>

namespace truerelay {

void prepare_sodium() {
  if (sodium_init() < 0) {
    std::abort();
  }
}

SecureBytes::SecureBytes(std::size_t size) : size_(size) {
  prepare_sodium();
  data_ = static_cast<unsigned char*>(sodium_malloc(size));
  if (data_ == nullptr) {
    throw std::bad_alloc();
  }
  sodium_memzero(data_, size);
}

SecureBytes::SecureBytes(SecureBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecureBytes& SecureBytes::operator=(SecureBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SecureBytes::~SecureBytes() { sodium_free(data_); }  // Which wipes.

}  // namespace truerelay
