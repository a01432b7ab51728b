#include "observe/line_writer.h"

#include <fmt/core.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace truerelay::observe {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// Lines are gathered for so long before they are written together: to wake a thread for every line
// would cost more than to relay a small message.
constexpr auto kGather = std::chrono::milliseconds(50);

// How soon it is tried again to say what was lost.
constexpr auto kTellAgain = std::chrono::seconds(1);

// The line as it is, and the same end of line on every platform.
std::unique_ptr<spdlog::formatter> bare_formatter() {
  return std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n");
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// A rotating file that is opened again after an error: a rotation that found no file descriptor
// left, or a folder that was away for a while, must not end the log for good (nor the process:
// spdlog's sink would go on with a file that is not open).
class ReopeningFileSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit ReopeningFileSink(const LogSettings& settings)
      : path_(settings.file.string()),
        max_size_(static_cast<std::size_t>(settings.max_size)),
        keep_(settings.keep) {
    open();
  }

 private:
  void open() {
    file_.emplace(path_, max_size_, keep_);
    file_->set_formatter(bare_formatter());
  }

  void sink_it_(const spdlog::details::log_msg& line) override {
    if (!file_) {
      const SteadyTime now = std::chrono::steady_clock::now();
      if (now < next_attempt_) {
        throw spdlog::spdlog_ex("the file is not open");
      }
      next_attempt_ = now + std::chrono::seconds(1);
      open();
    }
    try {
      file_->log(line);
    } catch (...) {
      file_.reset();
      throw;
    }
  }

  void flush_() override {
    if (file_) {
      file_->flush();
    }
  }

  std::string path_;
  std::size_t max_size_;
  std::size_t keep_;
  SteadyTime next_attempt_;
  std::optional<spdlog::sinks::rotating_file_sink_st> file_;
};

std::shared_ptr<spdlog::sinks::sink> open_sink(const LogSettings& settings) {
  if (!settings.file.empty()) {
    return std::make_shared<ReopeningFileSink>(settings);
  }
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
  sink->set_formatter(bare_formatter());
  return sink;
}

}  // namespace

// Only spdlog's sinks are used, on one thread, so that each writer stands for itself.
struct LineWriter::Machine {
  struct Line {
    Level level;
    std::string text;
  };

  Machine(const LogSettings& settings, LostLine lost_line_in)
      : lost_line(std::move(lost_line_in)), sink(open_sink(settings)), most(settings.queue) {
    thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  ~Machine() {
    thread.request_stop();
    thread.join();
  }

  void write(Level level, std::string_view text) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex);
      if (waiting.size() >= most) {
        waiting.pop_front();
        ++overrun;
      }
      waiting.push_back({level, std::string(text)});
      wake = waiting.size() == 1 || (level == Level::error && !urgent);
      urgent = urgent || level == Level::error;
    }
    if (wake) {
      ring.notify_one();
    }
  }

  // Until it is told to stop, and everything is written.
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (true) {
      const auto something = [this] { return !waiting.empty(); };
      if (told == lost_so_far()) {
        ring.wait(lock, stop, something);
      } else {
        ring.wait_for(lock, stop, kTellAgain, something);
      }
      ring.wait_for(lock, stop, kGather, [this] { return urgent || waiting.size() >= most / 2; });
      const std::deque<Line> lines = std::exchange(waiting, {});
      urgent = false;
      lock.unlock();
      write_now(lines);
      lock.lock();
      if (stop.stop_requested() && waiting.empty()) {
        return;
      }
    }
  }

  void write_now(const std::deque<Line>& lines) {
    for (const Line& line : lines) {
      try {
        sink->log({"truerelay", spdlog_level(line.level), line.text});
      } catch (const spdlog::spdlog_ex&) {
        ++unwritten;
      }
    }
    tell_what_was_lost_and_flush();
  }

  [[nodiscard]] std::uint64_t lost_so_far() const { return overrun + unwritten; }

  // What the disk does not take is said the next time.
  void tell_what_was_lost_and_flush() {
    const std::uint64_t lost = lost_so_far();
    try {
      if (lost > told) {
        const std::string line = lost_line(lost - told);
        sink->log({"truerelay", spdlog::level::err, line});
        told = lost;
      }
      sink->flush();
    } catch (const spdlog::spdlog_ex&) {
      return;
    }
  }

  LostLine lost_line;
  std::shared_ptr<spdlog::sinks::sink> sink;
  std::size_t most;
  std::mutex mutex;
  std::condition_variable_any ring;
  std::deque<Line> waiting;
  bool urgent = false;                       // One that waits is an error.
  std::atomic<std::uint64_t> overrun = 0;    // Lines for which there was no room.
  std::atomic<std::uint64_t> unwritten = 0;  // Lines that the disk did not take.
  std::uint64_t told = 0;                    // Of the lines lost, how many were mentioned.
  std::jthread thread;
};

std::expected<std::unique_ptr<LineWriter>, std::string> LineWriter::open(
    const LogSettings& settings, LostLine lost_line) {
  try {
    auto machine = std::make_unique<Machine>(settings, std::move(lost_line));
    return std::unique_ptr<LineWriter>(new LineWriter(std::move(machine)));
  } catch (const std::exception& error) {
    return std::unexpected(fmt::format("the log cannot be opened: {}", error.what()));
  }
}

LineWriter::LineWriter(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}

LineWriter::~LineWriter() = default;

void LineWriter::write(Level level, std::string_view line) { machine_->write(level, line); }

std::uint64_t LineWriter::lost_lines() const { return machine_->lost_so_far(); }

}  // namespace truerelay::observe
