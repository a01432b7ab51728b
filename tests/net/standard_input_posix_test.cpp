// Lines on standard input while a loop runs: whole ones, whatever the pieces in which they come.

#include "net/standard_input.h"

#include <unistd.h>

#include <array>
#include <optional>

#include "tests/net/loopback.h"

namespace truerelay::net {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class TypedLines : public testing::Loopback {
 protected:
  TypedLines() : before_(::dup(STDIN_FILENO)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    writer_ = ends[1];
    input_.emplace(loop, [this](std::string line) {
      lines_.push_back(std::move(line));
      news_.notify();
    });
  }
  ~TypedLines() override {
    input_.reset();
    hang_up();
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
  }
  void type(std::string_view bytes) const {
    ASSERT_EQ(::write(writer_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void hang_up() {
    if (writer_ >= 0) {
      ::close(std::exchange(writer_, -1));
    }
  }
  // The lines, once there are so many.
  Lines hear(std::size_t count) {
    run(await(count));
    return lines_;
  }

  std::optional<StandardInput> input_;

 private:
  io::Task<void> await(std::size_t count) {
    while (lines_.size() < count) {
      co_await news_.wait();
    }
  }

  int before_;
  int writer_ = -1;
  Lines lines_;
  io::Event news_{loop};
};

TEST_F(TypedLines, AreToldWithoutTheirEnds) {
  type("one\ntwo\r\n\nfour\n");
  EXPECT_EQ(hear(4), (Lines{"one", "two", "", "four"}));
}

TEST_F(TypedLines, MayComeInPieces) {
  type("http://127.0.0.1");
  run(testing::pause(loop, 20ms));
  type(":8400/?code=1\nhalf");
  run(testing::pause(loop, 20ms));
  EXPECT_EQ(hear(1), (Lines{"http://127.0.0.1:8400/?code=1"}));
  type(" a line\n");
  EXPECT_EQ(hear(2).back(), "half a line");
}

TEST_F(TypedLines, OfMoreThan16KiBArePassedOver) {
  const std::string longest(std::size_t{16} * 1024, 'x');
  type(longest + "\n");
  EXPECT_EQ(hear(1).back(), longest);
  type(longest + "x\nnext\n");
  EXPECT_EQ(hear(2).back(), "next");
}

TEST_F(TypedLines, ThatAreNotEndedAreNone) {
  type("one\nhalf a line");
  hang_up();
  run(testing::pause(loop, 50ms));
  EXPECT_EQ(hear(1), (Lines{"one"}));
}

TEST_F(TypedLines, AreToldToNobodyWhoHasGone) {
  input_.reset();
  type("one\n");
  run(testing::pause(loop, 20ms));
  EXPECT_EQ(hear(0), Lines());
}

}  // namespace
}  // namespace truerelay::net
