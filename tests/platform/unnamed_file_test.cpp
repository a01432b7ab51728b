#include "platform/unnamed_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

namespace truerelay::platform {
namespace {

class Unnamed : public ::testing::Test {
 protected:
  Unnamed() {
    std::string name = (std::filesystem::temp_directory_path() / "unnamed-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Unnamed() override { std::filesystem::remove_all(folder_); }

  static bool open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

  std::filesystem::path folder_;
};

TEST_F(Unnamed, KeepsBytesButNoName) {
  const auto file = UnnamedFile::open(folder_);
  ASSERT_TRUE(file.has_value()) << file.error();
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_EQ(file->folder(), folder_);
  ASSERT_EQ(::pwrite(file->descriptor(), "bytes", 5, 0), 5);
  char bytes[5];
  ASSERT_EQ(::pread(file->descriptor(), bytes, 5, 0), 5);
  EXPECT_EQ(std::string(bytes, 5), "bytes");
}

TEST_F(Unnamed, IsItsOwnersAloneAndNotInheritedByOtherPrograms) {
  const auto file = UnnamedFile::open(folder_);
  ASSERT_TRUE(file.has_value()) << file.error();
  struct stat facts{};
  ASSERT_EQ(::fstat(file->descriptor(), &facts), 0);
  EXPECT_TRUE(S_ISREG(facts.st_mode));
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(facts.st_nlink, 0U);
  EXPECT_EQ(facts.st_uid, ::geteuid());
  EXPECT_TRUE((::fcntl(file->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_F(Unnamed, IsClosedOnceByItsLastOwner) {
  int descriptor = -1;
  {
    auto file = UnnamedFile::open(folder_);
    ASSERT_TRUE(file.has_value()) << file.error();
    descriptor = file->descriptor();
    const UnnamedFile owner = std::move(*file);
    EXPECT_EQ(file->descriptor(), -1);
    EXPECT_EQ(owner.descriptor(), descriptor);
    file = std::unexpected("gone");
    EXPECT_TRUE(open(descriptor));
  }
  EXPECT_FALSE(open(descriptor));
}

TEST_F(Unnamed, LeavesClosingToWhoeverTookItsDescriptor) {
  int descriptor = -1;
  {
    auto file = UnnamedFile::open(folder_);
    ASSERT_TRUE(file.has_value()) << file.error();
    descriptor = file->release();
  }
  EXPECT_TRUE(open(descriptor));
  ::close(descriptor);
}

TEST_F(Unnamed, SaysWhichFolderDoesNotServeAndWhatToDo) {
  const auto file = UnnamedFile::open(folder_ / "missing");
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error(), "cannot make a temporary file in " + (folder_ / "missing").string() +
                              ": No such file or directory; set TMPDIR to a folder that the user "
                              "of truerelay may write to");
}

TEST_F(Unnamed, LiesWhereTheEnvironmentSaysOrElseOnDisk) {
  const char* set = std::getenv("TMPDIR");
  const std::string before = set != nullptr ? set : "";
  ::setenv("TMPDIR", folder_.c_str(), 1);
  EXPECT_EQ(large_temporary_folder(), folder_);
  ::setenv("TMPDIR", "", 1);
  EXPECT_EQ(large_temporary_folder(), "/var/tmp");
  ::unsetenv("TMPDIR");
  EXPECT_EQ(large_temporary_folder(), "/var/tmp");
  if (set != nullptr) {
    ::setenv("TMPDIR", before.c_str(), 1);
  }
}

}  // namespace
}  // namespace truerelay::platform
