#include "platform/replace_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <vector>

namespace truerelay::platform {
namespace {

constexpr std::array kSteps = {ReplaceStep::create, ReplaceStep::write, ReplaceStep::sync,
                               ReplaceStep::rename, ReplaceStep::sync_folder};

class ReplacingAFile : public ::testing::Test {
 protected:
  ReplacingAFile() {
    std::string name = (std::filesystem::temp_directory_path() / "replace-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    file_ = folder_ / "file";
  }
  ~ReplacingAFile() override { std::filesystem::remove_all(folder_); }

  void write(std::string_view bytes) { std::ofstream(file_, std::ios::binary) << bytes; }
  [[nodiscard]] std::string held() const {
    std::ostringstream text;
    text << std::ifstream(file_, std::ios::binary).rdbuf();
    return text.str();
  }
  [[nodiscard]] bool left_over() const { return std::filesystem::exists(file_.string() + ".new"); }

  std::filesystem::path folder_;
  std::filesystem::path file_;
};

TEST_F(ReplacingAFile, MakesItWithTheBytesForItsOwnerOnly) {
  for (const std::string& bytes : {std::string("first"), std::string(), std::string("\0\n", 2)}) {
    ASSERT_TRUE(replace_file(file_, bytes));
    EXPECT_EQ(held(), bytes);
    struct stat facts{};
    ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    EXPECT_FALSE(left_over());
  }
}

TEST_F(ReplacingAFile, GoesThroughItsStepsInTheirOrder) {
  std::vector<ReplaceStep> seen;
  ASSERT_TRUE(replace_file(file_, "x", [&](ReplaceStep step) {
    seen.push_back(step);
    return 0;
  }));
  EXPECT_EQ(seen, std::vector<ReplaceStep>(kSteps.begin(), kSteps.end()));
}

TEST_F(ReplacingAFile, ThatFailsBeforeItsNameIsTakenChangesNothing) {
  write("old");
  for (const ReplaceStep failing : kSteps) {
    const auto result =
        replace_file(file_, "new", [&](ReplaceStep step) { return step == failing ? ENOSPC : 0; });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), "cannot write " + file_.string() + ": No space left on device");
    EXPECT_EQ(held(), failing == ReplaceStep::sync_folder ? "new" : "old");
    EXPECT_FALSE(left_over());
  }
}

TEST_F(ReplacingAFile, WhoseProcessDiesLeavesTheOldOneOrTheNewOne) {
  for (const ReplaceStep deadly : kSteps) {
    write("old");
    const pid_t child = ::fork();
    if (child == 0) {
      static_cast<void>(replace_file(file_, "new", [&](ReplaceStep step) {
        return step == deadly ? ::kill(::getpid(), SIGKILL) : 0;
      }));
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(held(), deadly == ReplaceStep::sync_folder ? "new" : "old");
    ASSERT_TRUE(replace_file(file_, "newest")) << "what was left behind is in nobody's way";
    EXPECT_EQ(held(), "newest");
    EXPECT_FALSE(left_over());
  }
}

TEST_F(ReplacingAFile, DoesNotWriteThroughALinkThatLiesInItsWay) {
  write("old");
  const auto other = folder_ / "other";
  std::ofstream(other) << "untouched";
  std::filesystem::create_symlink(other, file_.string() + ".new");
  ASSERT_TRUE(replace_file(file_, "new"));
  EXPECT_EQ(held(), "new");
  std::ostringstream text;
  text << std::ifstream(other).rdbuf();
  EXPECT_EQ(text.str(), "untouched");
}

TEST_F(ReplacingAFile, InAFolderThatIsNotThereSaysSo) {
  const auto result = replace_file(folder_ / "missing" / "file", "x");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("its folder must be there"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::platform
