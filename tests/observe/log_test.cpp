#include "observe/log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "tests/observe/records.h"

namespace truerelay::observe {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("truerelay-log-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(folder_);
    settings_.file = folder_ / "truerelay.log";
  }
  ~LogTest() override { std::filesystem::remove_all(folder_); }

  static std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static std::vector<std::string> lines(const std::filesystem::path& file) {
    std::istringstream text(content(file));
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) {
      all.push_back(line);
    }
    return all;
  }

  std::filesystem::path folder_;
  LogSettings settings_;
};

TEST_F(LogTest, HoldsEverythingOnceItIsDestroyed) {
  {
    auto log = Log::open(settings_);
    ASSERT_TRUE(log) << log.error();
    (*log)->note(Level::info, "", "started");
    (*log)->message(accepted_message());
    (*log)->session_failed(failed_session());
  }
  const auto written = lines(settings_.file);
  ASSERT_EQ(written.size(), 3U);
  EXPECT_TRUE(written[0].ends_with("Z info  started")) << written[0];
  EXPECT_NE(written[1].find(" message 7f3a-12/1 accepted "), std::string::npos) << written[1];
  EXPECT_NE(written[2].find(" session 7f3a-13 failed "), std::string::npos) << written[2];
}

TEST_F(LogTest, WritesOneJsonObjectALine) {
  settings_.format = LogSettings::Format::json;
  {
    auto log = Log::open(settings_);
    ASSERT_TRUE(log) << log.error();
    (*log)->message(accepted_message());
    (*log)->note(Level::warning, "office365", "a \"quoted\"\nnote");
  }
  const auto written = lines(settings_.file);
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(written[0])["event"], "message");
  EXPECT_EQ(nlohmann::json::parse(written[1])["text"], R"(a "quoted"\x0Anote)");
}

TEST_F(LogTest, LeavesOutWhatIsBelowItsLevel) {
  settings_.level = Level::error;
  {
    auto log = Log::open(settings_);
    ASSERT_TRUE(log) << log.error();
    (*log)->note(Level::debug, "", "one");
    (*log)->message(accepted_message());
    (*log)->session_failed(failed_session());
    (*log)->note(Level::error, "", "four");
  }
  const auto written = lines(settings_.file);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_TRUE(written[0].ends_with("error four")) << written[0];
}

TEST_F(LogTest, ReachesTheFileWhileItIsOpen) {
  auto log = Log::open(settings_);
  ASSERT_TRUE(log) << log.error();
  (*log)->note(Level::info, "", "started");
  for (int i = 0; i < 600 && content(settings_.file).empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_TRUE(content(settings_.file).ends_with("started\n"));
}

TEST_F(LogTest, RotatesAndKeepsSoManyFiles) {
  settings_.max_size = 2000;
  settings_.keep = 2;
  {
    auto log = Log::open(settings_);
    ASSERT_TRUE(log) << log.error();
    for (int i = 0; i < 100; ++i) {
      (*log)->note(Level::info, "", std::string(100, 'x'));
    }
  }
  EXPECT_TRUE(std::filesystem::exists(folder_ / "truerelay.1.log"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "truerelay.2.log"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "truerelay.3.log"));
  EXPECT_LE(std::filesystem::file_size(settings_.file), 2000U);
}

TEST_F(LogTest, GoesOnWithAFileThatIsThereAlready) {
  for (const std::string_view text : {"first", "second"}) {
    auto log = Log::open(settings_);
    ASSERT_TRUE(log) << log.error();
    (*log)->note(Level::info, "", text);
  }
  EXPECT_EQ(lines(settings_.file).size(), 2U);
}

TEST_F(LogTest, TwoLiveSideBySide) {
  LogSettings other = settings_;
  other.file = folder_ / "other.log";
  {
    auto first = Log::open(settings_);
    auto second = Log::open(other);
    ASSERT_TRUE(first) << first.error();
    ASSERT_TRUE(second) << second.error();
    (*first)->note(Level::info, "", "to the first");
    (*second)->note(Level::info, "", "to the second");
    first->reset();
    (*second)->note(Level::info, "", "and once more");
  }
  EXPECT_EQ(lines(settings_.file).size(), 1U);
  EXPECT_EQ(lines(other.file).size(), 2U);
}

TEST_F(LogTest, SaysWhyAFileCannotBeOpened) {
  settings_.file = folder_;  // A folder.
  const auto log = Log::open(settings_);
  ASSERT_FALSE(log);
  EXPECT_TRUE(log.error().starts_with("the log cannot be opened: ")) << log.error();
  EXPECT_NE(log.error().find(folder_.string()), std::string::npos) << log.error();
}

TEST_F(LogTest, WithoutAFileGoesToStandardError) {
  testing::internal::CaptureStderr();
  {
    auto log = Log::open(LogSettings{});
    ASSERT_TRUE(log) << log.error();
    (*log)->note(Level::info, "", "to the terminal");
  }
  EXPECT_TRUE(testing::internal::GetCapturedStderr().ends_with("Z info  to the terminal\n"));
}

}  // namespace
}  // namespace truerelay::observe
