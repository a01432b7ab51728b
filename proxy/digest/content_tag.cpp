#include "digest/content_tag.h"

#include <sodium.h>

namespace truerelay::digest {
namespace {

template <class State>
crypto_onetimeauth_state* native(State& state) {
  return reinterpret_cast<crypto_onetimeauth_state*>(state.data());
}

}  // namespace

ContentTag::ContentTag(const Key& key) {
  static_assert(kStateSize == sizeof(crypto_onetimeauth_state));
  static_assert(kStateAlignment == alignof(crypto_onetimeauth_state));
  static_assert(sizeof(Tag) == crypto_onetimeauth_BYTES);
  static_assert(Key::kSize == crypto_onetimeauth_KEYBYTES);
  crypto_onetimeauth_init(native(state_),
                          reinterpret_cast<const unsigned char*>(key.for_content_.data()));
}

ContentTag::~ContentTag() { sodium_memzero(state_.data(), state_.size()); }

void ContentTag::take(std::string_view bytes) {
  crypto_onetimeauth_update(native(state_), reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
  size_ += bytes.size();
}

ContentTag::Tag ContentTag::finish() {
  Tag tag{};
  crypto_onetimeauth_final(native(state_), reinterpret_cast<unsigned char*>(tag.data()));
  return tag;
}

}  // namespace truerelay::digest
