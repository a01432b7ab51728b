#include "net/program.h"

#include <fmt/core.h>
#include <uv.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>

#include "base/ascii.h"
#include "io/event.h"
#include "net/loop.h"

namespace truerelay::net {
namespace {

constexpr std::size_t kMostComplaint = 300;  // Of standard error, in an error of ours.

// One of the two streams that a program prints to. What comes beyond `most` is not kept.
struct Print {
  uv_pipe_t pipe{};
  std::array<char, 4096> block{};
  std::string text;
  std::size_t most = 0;
  bool overrun = false;
  bool ended = false;
};

// A program that runs, and all that libuv knows of it. Libuv owns it: it goes when the last of its
// handles is closed, which may be after whoever waited for it.
struct Running {
  explicit Running(Loop& loop) : news(loop) {
    out.most = kMostPrinted;
    err.most = kMostComplaint;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    wipe(out.text);
    out.block.fill(0);
  }

  [[nodiscard]] bool over() const { return exited && out.ended && err.ended; }
  void kill() {
    if (!exited) {
      uv_process_kill(&process, SIGKILL);
    }
  }

  uv_process_t process{};
  Print out;
  Print err;
  bool exited = false;
  std::int64_t status = 0;
  int signal = 0;
  unsigned open = 0;  // Handles that are not closed.
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
    running->kill();
    close(*running, reinterpret_cast<uv_handle_t*>(&running->process));
    close(*running, reinterpret_cast<uv_handle_t*>(&running->out.pipe));
    close(*running, reinterpret_cast<uv_handle_t*>(&running->err.pipe));
  }
};

using Owned = std::unique_ptr<Running, CloseAll>;

Print& print_of(Running& running, const void* pipe) {
  return pipe == &running.out.pipe ? running.out : running.err;
}

void take(uv_stream_t* stream, ssize_t count) {
  auto& running = *static_cast<Running*>(stream->data);
  Print& print = print_of(running, stream);
  if (count > 0) {
    const std::size_t room = print.most - print.text.size();
    print.overrun = print.overrun || static_cast<std::size_t>(count) > room;
    print.text.append(print.block.data(), std::min(room, static_cast<std::size_t>(count)));
  } else if (count < 0) {
    uv_read_stop(stream);
    print.ended = true;
  }
  if (running.over() || running.out.overrun) {
    running.news.notify();
  }
}

void start_reading(Running& running, Print& print) {
  print.pipe.data = &running;
  const int error = uv_read_start(
      reinterpret_cast<uv_stream_t*>(&print.pipe),
      [](uv_handle_t* pipe, std::size_t /*wanted*/, uv_buf_t* buffer) {
        Print& into = print_of(*static_cast<Running*>(pipe->data), pipe);
        *buffer = uv_buf_init(into.block.data(), static_cast<unsigned>(into.block.size()));
      },
      [](uv_stream_t* pipe, ssize_t count, const uv_buf_t* /*buffer*/) { take(pipe, count); });
  print.ended = error != 0;
}

std::expected<Owned, std::string> start(Loop& loop, std::vector<std::string>& command) {
  Owned running(new Running(loop));
  running->open = 3;
  uv_pipe_init(loop.native(), &running->out.pipe, 0);
  uv_pipe_init(loop.native(), &running->err.pipe, 0);
  std::vector<char*> words;
  for (std::string& word : command) {
    words.push_back(word.data());
  }
  words.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> streams{};
  streams[0].flags = UV_IGNORE;
  for (std::size_t i = 1; i < streams.size(); ++i) {
    streams[i].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
    streams[i].data.stream =
        reinterpret_cast<uv_stream_t*>(i == 1 ? &running->out.pipe : &running->err.pipe);
  }
  uv_process_options_t options{};
  options.file = words.front();
  options.args = words.data();
  options.stdio = streams.data();
  options.stdio_count = static_cast<int>(streams.size());
  options.flags = UV_PROCESS_WINDOWS_HIDE;
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
    running->exited = true;
    return std::unexpected(fmt::format("cannot be started: {}", uv_strerror(error)));
  }
  start_reading(*running, running->out);
  start_reading(*running, running->err);
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

std::string how_it_ended(const Running& running) {
  std::string text = running.signal != 0 ? fmt::format("was ended by signal {}", running.signal)
                                         : fmt::format("ended with status {}", running.status);
  if (!running.err.text.empty()) {
    text += fmt::format(" and said \"{}\"", printable(running.err.text, kMostComplaint));
  }
  return text;
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
  while (!running.over() && !running.out.overrun && !bell.rang && !cancellation.requested()) {
    co_await running.news.wait();
  }
  if (running.out.overrun) {
    co_return std::unexpected(
        fmt::format("printed more than {} octets and was ended", kMostPrinted));
  }
  if (!running.over()) {
    co_return std::unexpected(std::string("did not end in time and was ended"));
  }
  if (running.signal != 0 || running.status != 0) {
    co_return std::unexpected(how_it_ended(running));
  }
  co_return Redacted(std::move(running.out.text));
}

}  // namespace truerelay::net
