#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

#include "vault/vault.h"

namespace truerelay::vault {

using namespace std::chrono_literals;

// A folder of its own for a vault and its key.
class VaultFolder : public testing::Test {
 protected:
  VaultFolder()
      : folder_(std::filesystem::temp_directory_path() /
                ("truerelay-vault-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
  }
  ~VaultFolder() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "truerelay.vault"; }
  [[nodiscard]] std::filesystem::path key_file() const { return folder_ / "truerelay.key"; }
  [[nodiscard]] KeyPlaces places() const { return {key_file(), {}, {}}; }
  [[nodiscard]] KeyPlaces asking(std::string_view passphrase) const {
    return {key_file(), {}, [text = std::string(passphrase)]() -> Result<Redacted> {
              return Redacted(std::string(text));
            }};
  }
  // A passphrase that takes no time, and the clock of the test.
  [[nodiscard]] Vault::Seams seams() const {
    Vault::Seams seams;
    seams.draw_stretching = cheap;
    seams.now = [this] { return now_; };
    return seams;
  }
  static Stretching cheap() {
    Stretching how = Stretching::draw();
    how.passes = 1;
    how.memory = 8192;
    return how;
  }

  [[nodiscard]] std::string bytes_of(const std::filesystem::path& path) const {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  static void write(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    using std::filesystem::perms;
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
  }

  // A value, or "error: " and the sentence.
  static std::string value(Vault& vault, std::string_view name) {
    const Result<Redacted> value = vault.get(name);
    return value ? std::string(value->reveal()) : "error: " + value.error();
  }
  // "", or the sentence.
  static std::string error(const Result<void>& result) {
    return result ? std::string() : result.error();
  }
  static Redacted secret(std::string_view text) { return Redacted(std::string(text)); }

  std::filesystem::path folder_;
  Time now_{1'800'000'000s};
};

// EXPECT_TRUE(holds(sentence, "cut off"))
inline testing::AssertionResult holds(std::string_view text, std::string_view part) {
  return text.contains(part) ? testing::AssertionSuccess() << text
                             : testing::AssertionFailure() << "it is: " << text;
}

}  // namespace truerelay::vault
