#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "platform/default_paths.h"
#include "platform/host_name.h"
#include "platform/random.h"

namespace truerelay::platform {
namespace {

TEST(Host, IntroducesItselfWithAFullyQualifiedName) {
  const std::string name = host_name();
  EXPECT_NE(name.find('.'), std::string::npos) << name;
  EXPECT_FALSE(name.starts_with('.') || name.ends_with('.')) << name;
  EXPECT_TRUE(std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-';
  })) << name;
}

TEST(Host, TheTrustFileIsThereIfItIsNamed) {
  const std::filesystem::path file = system_trust_file();
  EXPECT_TRUE(file.empty() || std::filesystem::file_size(file) > 0) << file;
}

TEST(Host, TheConfigurationHasAnAbsolutePath) {
  EXPECT_TRUE(default_config_file().is_absolute());
  EXPECT_EQ(default_config_file().filename(), "truerelay.toml");
}

TEST(Host, RandomBitsDoNotRepeat) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(random_bits());
  }
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace truerelay::platform
