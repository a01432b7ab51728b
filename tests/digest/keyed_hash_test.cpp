#include "digest/keyed_hash.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <unordered_set>

#include "tests/digest/known_key.h"

namespace truerelay::digest {
namespace {

using truerelay::testing::hexadecimal;
using truerelay::testing::known_key;

Digest digest_of(const Key& key, std::initializer_list<std::string_view> fields) {
  KeyedHash hash(key);
  for (const std::string_view field : fields) {
    hash.field(field);
  }
  return hash.finish();
}

// Computed with Python's hashlib: blake2b(lengths and fields, digest_size=32, key=derived), where
// derived = blake2b(b"", digest_size=32, key=bytes(range(32)), salt=1, person=b"trelay01").
TEST(KeyedHash, IsBlake2bOfTheFieldsAndTheirLengthsUnderADerivedKey) {
  KeyedHash hash(known_key());
  hash.field("purpose");
  hash.field("");
  hash.field("value");
  hash.number(0x0102030405060708);
  EXPECT_EQ(hexadecimal(hash.finish().bytes),
            "27b0d6d5615be14696dfc49b6c3c2c3dddcbc8ada387e19d786b1d2d6ffbe37f");
}

TEST(KeyedHash, TellsApartWhatDiffersOnlyInWhereOneFieldEnds) {
  const Key key = known_key();
  std::unordered_set<Digest> digests;
  digests.insert(digest_of(key, {}));
  digests.insert(digest_of(key, {""}));
  digests.insert(digest_of(key, {"", ""}));
  digests.insert(digest_of(key, {"ab"}));
  digests.insert(digest_of(key, {"a", "b"}));
  digests.insert(digest_of(key, {"ab", ""}));
  digests.insert(digest_of(key, {"", "ab"}));
  digests.insert(digest_of(key, {"b", "a"}));
  // The octets that stand for the field "b" and its length, inside of one field.
  digests.insert(digest_of(key, {std::string_view("a\x01\0\0\0\0\0\0\0b", 10)}));
  EXPECT_EQ(digests.size(), 9U);
}

TEST(KeyedHash, GivesEqualDigestsForEqualFieldsUnderOneKeyOnly) {
  const Digest digest = digest_of(known_key(), {"user", "password"});
  EXPECT_EQ(digest, digest_of(known_key(), {"user", "password"}));
  EXPECT_NE(digest, digest_of(known_key(1), {"user", "password"}));
}

TEST(KeyedHash, ANumberIsAFieldOfEightOctets) {
  KeyedHash hash(known_key());
  hash.number(258);
  EXPECT_EQ(hash.finish(), digest_of(known_key(), {std::string_view("\2\1\0\0\0\0\0\0", 8)}));
}

TEST(KeyedHash, WorksAtAnyAddressThatTheHeapGives) {
  const Digest expected = digest_of(known_key(), {"x"});
  alignas(64) std::array<std::byte, sizeof(KeyedHash) + 64> memory;
  for (std::size_t at = 0; at < 64; at += alignof(KeyedHash)) {
    auto* hash = new (memory.data() + at) KeyedHash(known_key());
    hash->field("x");
    const Digest digest = hash->finish();
    hash->~KeyedHash();
    EXPECT_EQ(digest, expected) << at;
  }
}

}  // namespace
}  // namespace truerelay::digest
