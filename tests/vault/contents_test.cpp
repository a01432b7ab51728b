#include "vault/contents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace truerelay::vault {
namespace {

using namespace std::chrono_literals;

SecureBytes secure(std::string_view bytes) {
  SecureBytes copy(bytes.size());
  std::ranges::copy(bytes, copy.bytes().begin());
  return copy;
}

SecureBytes two_entries() {
  Entry a{{"a", Kind::password, Time(1s), Time(2s), Time(3s), Time(4s)}, "value"};
  Entry b{{"long.name@example", Kind::certificate, Time(5s), Time(6s), {}, {}}, ""};
  return encode({a, b});
}

TEST(Contents, ComeBackAsTheyWere) {
  const SecureBytes contents = two_entries();
  const std::vector<Entry> entries = decode(contents).value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].about.name, "a");
  EXPECT_EQ(entries[0].about.kind, Kind::password);
  EXPECT_EQ(entries[0].about.created, Time(1s));
  EXPECT_EQ(entries[0].about.changed, Time(2s));
  EXPECT_EQ(entries[0].about.used, Time(3s));
  EXPECT_EQ(entries[0].about.expires, Time(4s));
  EXPECT_EQ(entries[0].value, "value");
  EXPECT_EQ(entries[1].about.name, "long.name@example");
  EXPECT_EQ(entries[1].about.used, std::nullopt);
  EXPECT_EQ(entries[1].about.expires, std::nullopt);
  EXPECT_EQ(entries[1].value, "");
  EXPECT_TRUE(decode(secure("")).value().empty());
}

TEST(Contents, ThatEndTooEarlyAreNone) {
  const SecureBytes contents = two_entries();
  const std::size_t first = encode({decode(contents)->at(0)}).bytes().size();
  for (std::size_t size = 1; size < contents.bytes().size(); ++size) {
    const bool whole = decode(secure(contents.text().substr(0, size))).has_value();
    EXPECT_EQ(whole, size == first) << size;
  }
}

TEST(Contents, OfAnyBytesAreReadWithinTheirBounds) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 200, '\0');
    std::ranges::generate(bytes,
                          [&] { return static_cast<char>(random() % 3 == 0 ? random() : 0); });
    const SecureBytes contents = secure(bytes);
    const auto entries = decode(contents);
    std::size_t held = 0;
    for (const Entry& entry : entries.value_or(std::vector<Entry>())) {
      held += entry.value.size() + entry.about.name.size();
    }
    EXPECT_LE(held, bytes.size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace truerelay::vault
