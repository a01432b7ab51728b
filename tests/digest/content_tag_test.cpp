#include "digest/content_tag.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/digest/known_key.h"

namespace truerelay::digest {
namespace {

using truerelay::testing::hexadecimal;
using truerelay::testing::known_key;

std::string tag_of(const Key& key, std::string_view content, std::size_t piece) {
  ContentTag tag(key);
  for (; !content.empty(); content.remove_prefix(std::min(piece, content.size()))) {
    tag.take(content.substr(0, piece));
  }
  return hexadecimal(tag.finish());
}

// 100,000 octets: 0 to 250, over and over.
std::string long_content() {
  std::string content(100'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<char>(i % 251);
  }
  return content;
}

// Computed with Python's integers from the definition in RFC 8439, under the key
// blake2b(b"", digest_size=32, key=bytes(range(32)), salt=2, person=b"trelay01").
TEST(ContentTag, IsPoly1305UnderADerivedKey) {
  const Key key = known_key();
  EXPECT_EQ(tag_of(key, "", 1), "dc48a5ebaf5c72f3776428c35076d0f4");
  EXPECT_EQ(tag_of(key, "Subject: invoice 4711\r\n\r\nPlease pay.\r\n", 100),
            "757376bd78cd84871eed3a19f87b5268");
  EXPECT_EQ(tag_of(key, long_content(), 100'000), "530c50408953374ddcae09a7e7cac574");
}

TEST(ContentTag, DoesNotDependOnHowTheContentIsCut) {
  const Key key = known_key();
  const std::string content = long_content();
  const std::string whole = tag_of(key, content, content.size());
  for (const std::size_t piece : {1U, 7U, 16U, 17U, 63U, 64U, 65U, 4096U, 65536U}) {
    EXPECT_EQ(tag_of(key, content, piece), whole) << piece;
  }
}

TEST(ContentTag, TellsApartContentsThatDifferInOneOctetOrInTheirLength) {
  const Key key = known_key();
  std::set<std::string> tags;
  std::string content(64, '\0');
  for (std::size_t length = 0; length <= content.size(); ++length) {
    tags.insert(tag_of(key, std::string_view(content).substr(0, length), 16));
  }
  for (char& octet : content) {
    octet = 'x';
    tags.insert(tag_of(key, content, 16));
    octet = '\0';
  }
  EXPECT_EQ(tags.size(), 65U + 64U);
}

TEST(ContentTag, DependsOnTheKey) {
  EXPECT_NE(tag_of(known_key(), "content", 8), tag_of(known_key(1), "content", 8));
}

TEST(ContentTag, CountsWhatItTook) {
  ContentTag tag(known_key());
  EXPECT_EQ(tag.size(), 0U);
  tag.take("seven o");
  tag.take("");
  tag.take("ctets");
  EXPECT_EQ(tag.size(), 12U);
}

TEST(ContentTag, ACopyGoesOnFromWhereTheOriginalWas) {
  const Key key = known_key();
  ContentTag original(key);
  original.take("the same beginning, ");
  ContentTag copy = original;
  original.take("one end");
  copy.take("another end");
  EXPECT_EQ(hexadecimal(copy.finish()), tag_of(key, "the same beginning, another end", 64));
  EXPECT_EQ(hexadecimal(original.finish()), tag_of(key, "the same beginning, one end", 64));
  EXPECT_EQ(copy.size(), 31U);
}

}  // namespace
}  // namespace truerelay::digest
