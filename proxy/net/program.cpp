#include "net/program.h"

#include <fmt/core.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

#include "io/event.h"
#include "net/loop.h"
#include "platform/process.h"

namespace truerelay::net {
namespace {

// For its end, once it was ended by force. Only a system that hangs takes longer.
constexpr io::Duration kDeath = std::chrono::seconds(5);
// For the end of its output, once it has ended itself: what it has started may hold that open.
constexpr io::Duration kGrace = std::chrono::milliseconds(200);

// A program that runs, and all that libuv knows of it. Libuv owns it: it goes when the last of its
// handles is closed, which may be after whoever waited for it.
struct Running {
  explicit Running(Loop& loop) : news(loop) {
    text.reserve(kMostPrinted);  // So that no earlier copy of it stays behind.
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    wipe(text);
    block.fill(0);
  }

  [[nodiscard]] bool over() const { return (exited && ended) || overrun; }

  uv_process_t process{};
  uv_pipe_t pipe{};
  std::array<char, 4096> block{};
  std::string text;  // What was printed; what comes beyond the most is not kept.
  bool overrun = false;
  bool ended = false;  // The output.
  bool exited = false;
  std::int64_t status = 0;
  int signal = 0;
  unsigned open = 2;  // Handles that are not closed.
  io::Event news;
};

void close(Running& running, uv_handle_t* handle) {
  handle->data = &running;
  uv_close(handle, [](uv_handle_t* closed) {
    auto* const all = static_cast<Running*>(closed->data);
    if (--all->open == 0) {
      delete all;
    }
  });
}

struct CloseAll {
  void operator()(Running* running) const {
    close(*running, reinterpret_cast<uv_handle_t*>(&running->process));
    close(*running, reinterpret_cast<uv_handle_t*>(&running->pipe));
  }
};

using Owned = std::unique_ptr<Running, CloseAll>;

void take(uv_stream_t* stream, ssize_t count) {
  auto& running = *static_cast<Running*>(stream->data);
  if (count > 0) {
    const std::size_t room = kMostPrinted - running.text.size();
    running.overrun = running.overrun || static_cast<std::size_t>(count) > room;
    running.text.append(running.block.data(), std::min(room, static_cast<std::size_t>(count)));
  } else if (count < 0) {
    uv_read_stop(stream);
    running.ended = true;
  }
  if (running.over()) {
    running.news.notify();
  }
}

void start_reading(Running& running) {
  running.pipe.data = &running;
  const int error = uv_read_start(
      reinterpret_cast<uv_stream_t*>(&running.pipe),
      [](uv_handle_t* pipe, std::size_t /*wanted*/, uv_buf_t* buffer) {
        auto& block = static_cast<Running*>(pipe->data)->block;
        *buffer = uv_buf_init(block.data(), static_cast<unsigned>(block.size()));
      },
      [](uv_stream_t* pipe, ssize_t count, const uv_buf_t* /*buffer*/) { take(pipe, count); });
  running.ended = error != 0;
}

std::expected<Owned, std::string> start(Loop& loop, std::vector<std::string>& command) {
  Owned running(new Running(loop));
  uv_pipe_init(loop.native(), &running->pipe, 0);
  std::vector<char*> words;
  for (std::string& word : command) {
    words.push_back(word.data());
  }
  words.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> streams{};
  for (uv_stdio_container_t& stream : streams) {
    stream.flags = UV_IGNORE;
  }
  streams[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
  streams[1].data.stream = reinterpret_cast<uv_stream_t*>(&running->pipe);
  uv_process_options_t options{};
  options.file = words.front();
  options.args = words.data();
  options.stdio = streams.data();
  options.stdio_count = static_cast<int>(streams.size());
  // Of a group of its own, so that it can be ended with all that it has started.
  options.flags = UV_PROCESS_DETACHED | UV_PROCESS_WINDOWS_HIDE;
  options.exit_cb = [](uv_process_t* process, std::int64_t status, int signal) {
    if (auto* const all = static_cast<Running*>(process->data)) {
      all->exited = true;
      all->status = status;
      all->signal = signal;
      all->news.notify();
    }
  };
  running->process.data = running.get();
  const int error = uv_spawn(loop.native(), &running->process, &options);
  if (error != 0) {
    return std::unexpected(fmt::format("cannot be started: {}", uv_strerror(error)));
  }
  start_reading(*running);
  return running;
}

// Rings when the time is over, or somebody wants to stop.
struct Bell final : io::Timer, io::Cancellation::Link {
  Bell(Loop& loop, io::Cancellation& source, io::Event& event)
      : Timer(loop), Link(source), news(event) {}
  void expire() override { ring(); }
  void cancelled() override { ring(); }
  void ring() {
    rang = true;
    news.notify();
  }
  io::Event& news;
  bool rang = false;
};

// A handle that is closed before the program's end leaves the program unreaped.
io::Task<void> end_by_force(Loop& loop, Running& running) {
  io::Cancellation never;
  Bell patience(loop, never, running.news);
  patience.arm(loop.now() + kDeath);
  platform::end_process_group(running.process.pid);
  while (!running.exited && !patience.rang) {
    co_await running.news.wait();
  }
}

io::Task<void> await_end_of_output(Loop& loop, Running& running) {
  io::Cancellation never;
  Bell grace(loop, never, running.news);
  grace.arm(loop.now() + kGrace);
  while (!running.over() && !grace.rang) {
    co_await running.news.wait();
  }
}

}  // namespace

io::Task<std::expected<Redacted, std::string>> run_program(Loop& loop,
                                                           std::vector<std::string> command,
                                                           io::Time deadline,
                                                           io::Cancellation& cancellation) {
  std::expected<Owned, std::string> started = start(loop, command);
  if (!started) {
    co_return std::unexpected(std::move(started.error()));
  }
  Running& running = **started;
  Bell bell(loop, cancellation, running.news);
  bell.arm(deadline);
  while (!running.exited && !running.overrun && !bell.rang && !cancellation.requested()) {
    co_await running.news.wait();
  }
  const bool ended_by_itself = running.exited;
  if (ended_by_itself) {
    co_await await_end_of_output(loop, running);
  } else {
    co_await end_by_force(loop, running);
  }
  if (running.overrun) {
    co_return std::unexpected(
        fmt::format("printed more than {} octets and was ended", kMostPrinted));
  }
  if (!ended_by_itself) {
    co_return std::unexpected(std::string("did not end in time and was ended"));
  }
  if (running.signal != 0) {
    co_return std::unexpected(fmt::format("was ended by signal {}", running.signal));
  }
  if (running.status != 0) {
    co_return std::unexpected(fmt::format("ended with status {}", running.status));
  }
  co_return Redacted(std::move(running.text));
}

}  // namespace truerelay::net
