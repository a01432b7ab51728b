#include "base/redacted.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <type_traits>

namespace truerelay {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(Streamable<std::string> && !Streamable<Redacted>);
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Redacted>::value);
static_assert(!std::convertible_to<Redacted, std::string_view>);
static_assert(!std::copyable<Redacted> && !std::is_copy_constructible_v<Redacted>);

TEST(Redacted, RevealsItsSecretOnRequestOnly) {
  const Redacted secret("hunter2");
  EXPECT_EQ(secret.reveal(), "hunter2");
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Redacted().empty());
}

TEST(Redacted, RevealsNoNullPointerWhereItIsEmpty) {
  EXPECT_NE(Redacted().reveal().data(), nullptr);
  EXPECT_NE(Redacted("").reveal().data(), nullptr);
}

TEST(Redacted, LeavesNothingBehindWhenItMoves) {
  for (const std::string text : {"short", "a secret that is too long to be kept in the string"}) {
    Redacted from(text);
    Redacted to(std::move(from));
    EXPECT_EQ(to.reveal(), text);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): it is what is tested.
    Redacted third("old");
    third = std::move(to);
    EXPECT_EQ(third.reveal(), text);
    EXPECT_TRUE(to.empty());  // NOLINT(bugprone-use-after-move)
  }
}

TEST(Wipe, OverwritesTheBytesBeforeItLetsThemGo) {
  std::string text = "a secret that is too long to be kept in the string";
  const volatile char* const bytes = text.data();
  const std::size_t size = text.size();
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes) << "the memory still belongs to the string";
  ASSERT_GE(text.capacity(), size);
  for (std::size_t i = 0; i < size; ++i) {
    ASSERT_EQ(bytes[i], '\0') << i;
  }
}

}  // namespace
}  // namespace truerelay
