#include "net/scratch_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using truerelay::testing::Loopback;
using truerelay::testing::pause;

using Written = std::expected<void, std::string>;
using Count = std::expected<std::size_t, std::string>;

class ScratchFileTest : public Loopback {
 protected:
  std::unique_ptr<io::Scratch> make() {
    auto made = files.make();
    EXPECT_TRUE(made.has_value()) << made.error();
    return made ? std::move(*made) : nullptr;
  }

  std::string append(io::Scratch& scratch, std::string_view bytes) {
    std::optional<Written> written;
    run(append_to(scratch, bytes, written));
    return written && *written ? "written" : written->error();
  }
  static io::Task<void> append_to(io::Scratch& scratch, std::string_view bytes,
                                  std::optional<Written>& written) {
    Written result = co_await scratch.append(bytes);
    written = std::move(result);
  }

  // What is read in one go.
  std::string read(io::Scratch& scratch, std::uint64_t offset, std::size_t at_most) {
    Buffer into;
    std::optional<Count> count;
    run(read_from(scratch, offset, into, at_most, count));
    if (!count || !*count) {
      return "failed: " + (count ? count->error() : "");
    }
    EXPECT_EQ(**count, into.size());
    return std::string(into.readable());
  }
  static io::Task<void> read_from(io::Scratch& scratch, std::uint64_t offset, Buffer& into,
                                  std::size_t at_most, std::optional<Count>& count) {
    Count result = co_await scratch.read(offset, into, at_most);
    count = std::move(result);
  }

  // A file of which nothing else than its descriptor is known.
  std::unique_ptr<io::Scratch> over(int descriptor) {
    EXPECT_GE(descriptor, 0);
    return std::make_unique<ScratchFile>(loop, platform::UnnamedFile(descriptor, "/var/tmp"));
  }

  ScratchFiles files{loop, std::filesystem::temp_directory_path()};
};

// 1 MiB and some bytes, no two blocks of which are alike.
std::string long_body() {
  std::string body;
  for (unsigned i = 0; body.size() < (1U << 20); ++i) {
    body += "line " + std::to_string(i) + "\r\n";
  }
  return body;
}

io::Task<void> write_in_pieces(io::Scratch& scratch, const std::string& body) {
  for (std::size_t at = 0; at < body.size(); at += 60'000) {
    const Written written = co_await scratch.append(std::string_view(body).substr(at, 60'000));
    EXPECT_TRUE(written.has_value());
  }
}

io::Task<void> read_in_pieces(io::Scratch& scratch, std::string& body) {
  Buffer into;
  while (true) {
    const Count count = co_await scratch.read(body.size(), into, 64UL * 1024);
    EXPECT_TRUE(count.has_value());
    if (!count || *count == 0) {
      break;
    }
    EXPECT_LE(*count, 64UL * 1024);
    body += into.readable();
    into.clear();
  }
}

TEST_F(ScratchFileTest, GivesBackWhatWasAppendedAsOftenAsItIsAsked) {
  const std::unique_ptr<io::Scratch> scratch = make();
  const std::string body = long_body();
  EXPECT_EQ(scratch->size(), 0U);
  run(write_in_pieces(*scratch, body));
  EXPECT_EQ(scratch->size(), body.size());
  for (int time = 0; time < 2; ++time) {
    std::string read_back;
    run(read_in_pieces(*scratch, read_back));
    EXPECT_TRUE(read_back == body) << time;
  }
}

TEST_F(ScratchFileTest, IsReadFromAnyOffsetAndNotBeyondItsEnd) {
  const std::unique_ptr<io::Scratch> scratch = make();
  EXPECT_EQ(read(*scratch, 0, 100), "");
  EXPECT_EQ(append(*scratch, "0123456789"), "written");
  EXPECT_EQ(read(*scratch, 0, 1), "0");
  EXPECT_EQ(read(*scratch, 3, 4), "3456");
  EXPECT_EQ(read(*scratch, 8, 100), "89");
  EXPECT_EQ(read(*scratch, 10, 100), "");
  EXPECT_EQ(read(*scratch, 1000, 100), "");
  EXPECT_EQ(append(*scratch, ""), "written");
  EXPECT_EQ(append(*scratch, "abc"), "written");
  EXPECT_EQ(read(*scratch, 8, 100), "89abc");
}

io::Task<void> append_to_what_is_there(io::Scratch& scratch, Buffer& into) {
  into.append("before, ");
  co_await scratch.append("after");
  co_await scratch.read(0, into, 100);
}

TEST_F(ScratchFileTest, AppendsToWhatTheBufferHolds) {
  const std::unique_ptr<io::Scratch> scratch = make();
  Buffer into;
  run(append_to_what_is_there(*scratch, into));
  EXPECT_EQ(into.readable(), "before, after");
}

TEST_F(ScratchFileTest, TwoOfThemKeepApart) {
  const std::unique_ptr<io::Scratch> one = make();
  const std::unique_ptr<io::Scratch> other = make();
  EXPECT_EQ(append(*one, "one"), "written");
  EXPECT_EQ(append(*other, "other"), "written");
  EXPECT_EQ(read(*one, 0, 100), "one");
  EXPECT_EQ(read(*other, 0, 100), "other");
}

TEST_F(ScratchFileTest, SaysThatTheDiskIsFull) {
  const std::unique_ptr<io::Scratch> scratch = over(::open("/dev/full", O_RDWR | O_CLOEXEC));
  EXPECT_EQ(append(*scratch, "bytes"),
            "cannot write to the temporary file in /var/tmp: no space left on device");
  EXPECT_EQ(scratch->size(), 0U);
  EXPECT_EQ(read(*scratch, 0, 100), "");
}

TEST_F(ScratchFileTest, KeepsWhatWasThereWhereTheRestDoesNotFit) {
  const std::unique_ptr<io::Scratch> scratch = make();
  EXPECT_EQ(append(*scratch, "before"), "written");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{64UL * 1024, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string refused = append(*scratch, std::string(100UL * 1024, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(refused.ends_with(": file too large")) << refused;
  EXPECT_EQ(scratch->size(), 6U);
  EXPECT_EQ(read(*scratch, 0, 100), "before");
  EXPECT_EQ(append(*scratch, ", after"), "written");
  EXPECT_EQ(read(*scratch, 0, 100), "before, after");
}

TEST_F(ScratchFileTest, SaysThatItCannotBeRead) {
  const std::unique_ptr<io::Scratch> scratch = over(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(append(*scratch, "bytes"), "written");
  EXPECT_EQ(read(*scratch, 0, 100),
            "failed: cannot read the temporary file in /var/tmp: bad file descriptor");
}

TEST_F(ScratchFileTest, SaysThatItHasLostBytes) {
  const std::unique_ptr<io::Scratch> scratch = over(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_EQ(append(*scratch, "bytes"), "written");
  EXPECT_EQ(read(*scratch, 0, 100),
            "failed: cannot read the temporary file in /var/tmp: it has ended too early");
}

TEST_F(ScratchFileTest, SaysWhereItCannotBeMade) {
  ScratchFiles nowhere(loop, "/nonexistent");
  const auto made = nowhere.make();
  ASSERT_FALSE(made.has_value());
  EXPECT_TRUE(made.error().starts_with("cannot make a temporary file in /nonexistent: "))
      << made.error();
}

io::Task<void> lose_the_scratch(std::unique_ptr<io::Scratch>& scratch, io::Scope& scope,
                                std::optional<Written>& written, Loop& loop,
                                io::Task<void> append) {
  scope.spawn(std::move(append));
  EXPECT_FALSE(written.has_value());
  scratch.reset();
  while (!written) {
    co_await pause(loop, std::chrono::milliseconds(1));
  }
}

TEST_F(ScratchFileTest, AWriteUnderWayCompletesWhereTheScratchIsDestroyed) {
  std::unique_ptr<io::Scratch> scratch = make();
  std::optional<Written> written;
  const std::string body = long_body();
  io::Task<void> appending = append_to(*scratch, body, written);
  run(lose_the_scratch(scratch, scope, written, loop, std::move(appending)));
  ASSERT_TRUE(written.has_value());
  EXPECT_TRUE(written->has_value());
}

// A coroutine that can be destroyed while it waits.
struct Abandoned {
  struct promise_type {
    Abandoned get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

Abandoned append_and_be_abandoned(io::Scratch& scratch, std::string body, bool& resumed) {
  co_await scratch.append(body);
  resumed = true;
}

Abandoned read_and_be_abandoned(io::Scratch& scratch, Buffer& into, bool& resumed) {
  co_await scratch.read(0, into, 100);
  resumed = true;
}

TEST_F(ScratchFileTest, AWriteUnderWayMayOutliveItsCoroutineAndTheScratch) {
  bool resumed = false;
  std::unique_ptr<io::Scratch> scratch = make();
  const Abandoned appending = append_and_be_abandoned(*scratch, long_body(), resumed);
  appending.frame.destroy();
  scratch.reset();
  loop.run();
  EXPECT_FALSE(resumed);
}

TEST_F(ScratchFileTest, AReadUnderWayMayOutliveItsCoroutineAndItsBuffer) {
  bool resumed = false;
  std::unique_ptr<io::Scratch> scratch = make();
  EXPECT_EQ(append(*scratch, "bytes"), "written");
  {
    Buffer into;
    const Abandoned reading = read_and_be_abandoned(*scratch, into, resumed);
    reading.frame.destroy();
  }
  scratch.reset();
  loop.run();
  EXPECT_FALSE(resumed);
}

TEST(ScratchFilesOnALoop, MayGoRightBeforeItWithAWriteUnderWay) {
  bool resumed = false;
  Loop loop;
  ScratchFiles files(loop, std::filesystem::temp_directory_path());
  auto made = files.make();
  ASSERT_TRUE(made.has_value()) << made.error();
  const Abandoned appending = append_and_be_abandoned(**made, long_body(), resumed);
  appending.frame.destroy();
  EXPECT_FALSE(resumed);
}

TEST(ScratchFilesOnALoop, GiveTheirDescriptorsBack) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  Loop loop;
  ScratchFiles files(loop, std::filesystem::temp_directory_path());
  static_cast<void>(files.make());
  loop.run();  // Starts libuv's threads, which hold descriptors of their own.
  const auto before = open_files();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(files.make().has_value());
  }
  loop.run();
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace truerelay::net
