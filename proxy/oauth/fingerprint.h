#pragma once

#include "base/redacted.h"
#include "digest/keyed_hash.h"

namespace truerelay::oauth {

// What a secret is known by within this process, so that none is kept for that alone. Without the
// key, which is the process's own, it says nothing about the secret.
using Fingerprint = digest::Digest;

inline Fingerprint fingerprint_of(const Redacted& secret, const digest::Key& key) {
  digest::KeyedHash hash(key);
  hash.field("fingerprint of a secret");
  hash.field(secret.reveal());
  return hash.finish();
}

}  // namespace truerelay::oauth
