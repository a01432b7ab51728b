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
  return hexadecimal(tag.finish().bytes);
}

// 100,000 octets: 0 to 250, over and over.
std::string long_content() {
  std::string content(100'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<char>(i % 251);
  }
  return content;
}

TEST(ContentTag, DoesNotDependOnHowTheContentIsCut) {
  const Key key = known_key();
  const std::string content = long_content();
  const std::string whole = tag_of(key, content, content.size());
  for (const std::size_t piece :
       {1U, 7U, 4096U, 16383U, 16384U, 16385U, 49151U, 49152U, 49153U, 65536U}) {
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

// A block is 16 KiB.
TEST(ContentTag, TellsApartContentsThatDifferInTheOrderOfTheirBlocksOrAtTheirEdges) {
  const Key key = known_key();
  const std::string a(16384, 'a');
  const std::string b(16384, 'b');
  std::set<std::string> tags;
  for (const std::string& content :
       {a, b, a + b, b + a, a + a, a + a + a, a + "x", a.substr(1), a + b.substr(1)}) {
    tags.insert(tag_of(key, content, 5000));
  }
  EXPECT_EQ(tags.size(), 9U);
}

}  // namespace
}  // namespace truerelay::digest
