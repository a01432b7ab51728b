#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

#include "observe/log.h"

namespace truerelay::observe {
namespace {

constexpr std::string_view kLost = " log lines were lost";
constexpr std::string_view kOneLost = " 1 log line was lost";

// N of "... error N log lines were lost", which says it of a single line in other words; 0 for
// another line.
std::uint64_t lost_count(std::string_view line) {
  if (line.ends_with(kOneLost)) {
    return 1;
  }
  if (!line.ends_with(kLost)) {
    return 0;
  }
  line.remove_suffix(kLost.size());
  line.remove_prefix(line.rfind(' ') + 1);
  std::uint64_t count = 0;
  std::from_chars(line.data(), line.data() + line.size(), count);
  return count;
}

// The log writes into a pipe that nobody reads: it fills up, and the log's thread is stuck in its
// write as it would be with a disk that hangs.
TEST(LogLoss, ASlowDiskHoldsNobodyUpAndEveryLineIsWrittenOrCounted) {
  std::string folder = testing::TempDir() + "truerelay-loss-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  LogSettings settings;
  settings.file = folder + "/pipe";
  settings.queue = 16;
  ASSERT_EQ(mkfifo(settings.file.c_str(), 0600), 0);
  const int reader = open(settings.file.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  auto opened = Log::open(settings);
  ASSERT_TRUE(opened) << opened.error();

  constexpr std::uint64_t kLines = 5000;
  const std::string text(200, 'x');
  for (std::uint64_t i = 0; i < kLines; ++i) {
    (*opened)->note(Level::info, "", text);  // Returns, although nothing is read.
  }

  std::string received;
  fcntl(reader, F_SETFL, 0);  // From here on a read waits for bytes or for the end.
  std::thread reading([&] {
    char block[4096];
    for (ssize_t count = 0; (count = read(reader, block, sizeof block)) > 0;) {
      received.append(block, static_cast<std::size_t>(count));
    }
  });
  opened->reset();
  reading.join();
  close(reader);
  std::filesystem::remove_all(folder);

  std::uint64_t written = 0;
  std::uint64_t lost = 0;
  std::istringstream lines(received);
  for (std::string line; std::getline(lines, line);) {
    lost += lost_count(line);
    written += line.ends_with(text) ? 1 : 0;
  }
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(written + lost, kLines);
}

// A file stands where the folder was, just when the log wants to rotate, and goes away later.
TEST(LogLoss, AFileThatCannotBeOpenedAgainAfterRotationIsTriedUntilItCan) {
  std::string folder = testing::TempDir() + "truerelay-loss-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  LogSettings settings;
  settings.file = folder + "/truerelay.log";
  settings.max_size = 1000;
  auto opened = Log::open(settings);
  ASSERT_TRUE(opened) << opened.error();
  std::filesystem::remove_all(folder);
  std::ofstream(folder) << "in the way";
  for (int i = 0; i < 600 && (*opened)->lost_lines() < 2; ++i) {
    (*opened)->note(Level::error, "", std::string(200, 'x'));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_GE((*opened)->lost_lines(), 2U);
  std::filesystem::remove(folder);
  for (int i = 0; i < 600 && !std::filesystem::exists(settings.file); ++i) {
    (*opened)->note(Level::info, "", "back again?");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  opened->reset();
  std::ostringstream text;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    text << std::ifstream(entry.path()).rdbuf();
  }
  std::filesystem::remove_all(folder);
  EXPECT_NE(text.str().find("back again?"), std::string::npos) << text.str();
  EXPECT_NE(text.str().find(kLost), std::string::npos) << text.str();
}

// For as long as it lives, no file of this process grows beyond a size, as on a full disk. The
// system writes what fits, and then nothing.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{octets, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(LogLoss, OnADiskThatWasFullEveryLineIsWrittenWholeOrCounted) {
  std::string folder = testing::TempDir() + "truerelay-loss-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  LogSettings settings;
  settings.file = folder + "/truerelay.log";
  auto opened = Log::open(settings);
  ASSERT_TRUE(opened) << opened.error();
  const std::string text(300, 'x');
  std::uint64_t lines = 0;
  const auto write_some = [&] {
    for (int i = 0; i < 20; ++i) {
      (*opened)->note(Level::info, "", text);
      ++lines;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  };
  {
    const FullDisk full(10'000);  // In the middle of a line.
    for (int i = 0; i < 600 && (*opened)->lost_lines() < 200; ++i) {
      write_some();
    }
  }
  EXPECT_GE((*opened)->lost_lines(), 200U);
  const auto end = std::filesystem::file_size(settings.file);
  for (int i = 0; i < 600 && std::filesystem::file_size(settings.file) <= end; ++i) {
    write_some();
  }
  opened->reset();

  std::uint64_t written = 0;
  std::uint64_t lost = 0;
  std::uint64_t torn = 0;
  std::ifstream in(settings.file);
  for (std::string line; std::getline(in, line);) {
    const bool whole = line.starts_with("20") && line.ends_with(text) && line.size() < 400;
    written += whole ? 1 : 0;
    lost += lost_count(line);
    torn += whole || lost_count(line) > 0 ? 0 : 1;
  }
  std::filesystem::remove_all(folder);
  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(written + lost, lines);
}

// A log in a folder of its own, which goes with it.
class ALogOnAFullDisk : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    settings_.file = folder_ + "/truerelay.log";
    auto opened = Log::open(settings_);
    ASSERT_TRUE(opened) << opened.error();
    log_ = *std::move(opened);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void lose_lines() {
    for (int i = 0; i < 600 && log_->lost_lines() < 40; ++i) {
      for (int j = 0; j < 20; ++j, ++lines_) {
        log_->note(Level::info, "", kText);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
    EXPECT_GE(log_->lost_lines(), 40U);
  }
  std::uint64_t written_or_counted() const {
    std::uint64_t count = 0;
    std::ifstream in(settings_.file);
    for (std::string line; std::getline(in, line);) {
      count += line.ends_with(kText) ? 1 : lost_count(line);
    }
    return count;
  }

  const std::string kText = std::string(300, 'x');
  LogSettings settings_;
  std::unique_ptr<Log> log_;
  std::uint64_t lines_ = 0;

 private:
  std::string folder_ = testing::TempDir() + "truerelay-loss-XXXXXX";
};

TEST_F(ALogOnAFullDisk, ThatHasRoomAgainAtTheStopSaysWhatWasLost) {
  {
    const FullDisk full(10'000);
    lose_lines();
  }
  log_.reset();  // At once: the file was tried a moment ago.
  EXPECT_EQ(written_or_counted(), lines_);
}

TEST_F(ALogOnAFullDisk, ThatIsFullAtTheStopSaysOnStandardErrorWhatWasLost) {
  testing::internal::CaptureStderr();
  {
    const FullDisk full(10'000);
    lose_lines();
    log_.reset();
  }
  std::string said = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(said.ends_with("\n")) << said;
  said.pop_back();
  EXPECT_EQ(written_or_counted() + lost_count(said), lines_) << said;
}

}  // namespace
}  // namespace truerelay::observe
