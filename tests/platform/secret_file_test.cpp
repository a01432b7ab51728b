#include "platform/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace truerelay::platform {
namespace {

class SecretFile : public ::testing::Test {
 protected:
  SecretFile() {
    std::string name = (std::filesystem::temp_directory_path() / "secret-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~SecretFile() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(directory_);
  }

  std::filesystem::path file_with(std::string_view bytes, mode_t mode = 0600) {
    const std::filesystem::path file = directory_ / "password";
    std::ofstream(file, std::ios::binary) << bytes;
    ::chmod(file.c_str(), mode);
    return file;
  }

  static std::string refusal(const std::filesystem::path& file) {
    const auto secret = read_secret_file(file);
    return secret ? "read" : secret.error();
  }

  std::filesystem::path directory_;
};

TEST_F(SecretFile, GivesWhatTheFileHoldsButOneLineEnd) {
  struct Case {
    std::string_view bytes;
    std::string_view secret;
  };
  for (const Case& one : {Case{"secret", "secret"}, Case{"secret\n", "secret"},
                          Case{"secret\r\n", "secret"}, Case{"secret\n\n", "secret\n"},
                          Case{" two words ", " two words "}, Case{"line\rend\r", "line\rend\r"}}) {
    const auto secret = read_secret_file(file_with(one.bytes));
    ASSERT_TRUE(secret.has_value()) << secret.error();
    EXPECT_EQ(secret->reveal(), one.secret);
  }
}

TEST_F(SecretFile, RefusesAFileThatIsOpenToOthersAndSaysHowToCloseIt) {
  for (const mode_t mode : {0640U, 0604U, 0660U, 0644U, 0620U}) {
    const auto file = file_with("secret", mode);
    EXPECT_NE(refusal(file).find("chmod 600 " + file.string()), std::string::npos) << mode;
    EXPECT_EQ(refusal(file).find("secret\""), std::string::npos);
  }
}

TEST_F(SecretFile, TakesASystemdCredentialThatItsGroupMayRead) {
  const auto file = file_with("secret", 0440);
  EXPECT_NE(refusal(file), "read");
  ::setenv("CREDENTIALS_DIRECTORY", directory_.c_str(), 1);
  EXPECT_EQ(refusal(file), "read");
}

TEST_F(SecretFile, ALinkInTheCredentialsDirectoryDoesNotMakeACredentialOfAnotherFile) {
  const auto file = file_with("secret", 0644);
  const auto guarded = directory_ / "credentials";
  std::filesystem::create_directory(guarded);
  std::filesystem::create_symlink(file, guarded / "link");
  ::setenv("CREDENTIALS_DIRECTORY", guarded.c_str(), 1);
  EXPECT_NE(refusal(guarded / "link").find("chmod 600"), std::string::npos);
}

TEST_F(SecretFile, RefusesAnEmptyFile) {
  EXPECT_NE(refusal(file_with("")).find("empty"), std::string::npos);
  EXPECT_NE(refusal(file_with("\n")).find("empty"), std::string::npos);
}

TEST_F(SecretFile, RefusesMoreThanItsBound) {
  EXPECT_EQ(refusal(file_with(std::string(kLongestSecret, 'x'))), "read");
  EXPECT_NE(refusal(file_with(std::string(kLongestSecret + 1, 'x'))).find("longer"),
            std::string::npos);
}

TEST_F(SecretFile, RefusesWhatIsNoFile) {
  EXPECT_NE(refusal(directory_).find("not a regular file"), std::string::npos);
  const auto pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_NE(refusal(pipe).find("not a regular file"), std::string::npos);  // And does not wait.
  EXPECT_NE(refusal(directory_ / "missing").find("chmod 600"), std::string::npos);
}

TEST_F(SecretFile, OfAnyBytesIsReadWholeOrIsNotThere) {
  const auto missing = read_private_file(directory_ / "missing", 10);
  ASSERT_TRUE(missing.has_value());
  EXPECT_FALSE(missing->has_value());
  for (const std::string& bytes : {std::string(), std::string("a\n"), std::string(200'000, 'x')}) {
    const auto held = read_private_file(file_with(bytes), 200'000);
    ASSERT_TRUE(held.has_value() && held->has_value());
    EXPECT_EQ((*held)->reveal(), bytes);
  }
  EXPECT_FALSE(read_private_file(file_with(std::string(200'001, 'x')), 200'000));
  EXPECT_FALSE(read_private_file(file_with("x", 0644), 10));
}

}  // namespace
}  // namespace truerelay::platform
