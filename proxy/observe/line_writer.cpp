#include "observe/line_writer.h"

#include <fmt/core.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

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
// left, a full disk, or a folder that was away for a while, must not end the log for good (nor the
// process: spdlog's sink would go on with a file that is not open).
//
// What is given to it lies in the memory of the C library until a flush, so that a disk that has
// become full swallows lines that seemed to be written, and may take a part of one. After an error
// the size of the file says which lines are there; the others are counted as lost, and a part of a
// line is cut off again, lest the next one be added to it.
class ReopeningFileSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // `lost` outlives it.
  ReopeningFileSink(const LogSettings& settings, std::atomic<std::uint64_t>& lost)
      : path_(settings.file),
        max_size_(static_cast<std::size_t>(settings.max_size)),
        keep_(settings.keep),
        lost_(lost) {
    open();
  }

  // The next line is not to wait for its time.
  void try_again() { next_attempt_ = {}; }

 private:
  void open() {
    file_.emplace(path_.string(), max_size_, keep_);
    file_->set_formatter(bare_formatter());
    flushed_ = size();
  }

  // Throws where the line is lost; that, the caller counts.
  void sink_it_(const spdlog::details::log_msg& line) override {
    if (!file_) {
      const SteadyTime now = std::chrono::steady_clock::now();
      if (now < next_attempt_) {
        throw spdlog::spdlog_ex("the file is not open");
      }
      next_attempt_ = now + std::chrono::seconds(1);
      open();
    }
    const std::size_t octets = line.payload.size() + 1;
    const bool rotates = flushed_ + given_octets_ + octets > max_size_;
    if (rotates) {
      flush_();
    }
    try {
      file_->log(line);
    } catch (...) {
      give_up();
      throw;
    }
    flushed_ = rotates ? 0 : flushed_;
    given_.push_back(octets);
    given_octets_ += octets;
  }

  void flush_() override {
    if (!file_) {
      return;
    }
    try {
      file_->flush();
    } catch (...) {
      give_up();
      throw;
    }
    flushed_ += given_octets_;
    given_.clear();
    given_octets_ = 0;
  }

  // Closes the file, and finds out how much of what was given since the last flush is in it.
  void give_up() {
    file_.reset();
    const std::uintmax_t all = size();
    std::uintmax_t whole = std::min(flushed_, all);
    for (const std::size_t octets : given_) {
      if (whole + octets > all) {
        ++lost_;
      } else {
        whole += octets;
      }
    }
    given_.clear();
    given_octets_ = 0;
    if (whole < all) {
      std::error_code ignored;
      std::filesystem::resize_file(path_, whole, ignored);
    }
  }

  // 0 where it is no ordinary file.
  [[nodiscard]] std::uintmax_t size() const {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path_, error);
    return error ? 0 : size;
  }

  std::filesystem::path path_;
  std::size_t max_size_;
  std::size_t keep_;
  std::atomic<std::uint64_t>& lost_;
  SteadyTime next_attempt_;
  std::optional<spdlog::sinks::rotating_file_sink_st> file_;
  std::uintmax_t flushed_ = 0;      // The size of the file when all that was given was in it,
  std::vector<std::size_t> given_;  // and the octets of each line given since.
  std::size_t given_octets_ = 0;
};

std::shared_ptr<spdlog::sinks::sink> standard_error() {
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
      : lost_line(std::move(lost_line_in)),
        file(settings.file.empty() ? nullptr
                                   : std::make_shared<ReopeningFileSink>(settings, unwritten)),
        sink(file ? file : standard_error()),
        most(settings.queue) {
    thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  ~Machine() {
    thread.request_stop();
    thread.join();
    const std::uint64_t lost = lost_so_far();
    if (lost > told) {
      // The file takes nothing to the end; the service manager keeps what is said here. Where that
      // is full or gone as well, nobody is left to be told.
      const std::string line = lost_line(lost - told) + "\n";
      static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
    }
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
      const bool last = stop.stop_requested();
      lock.unlock();
      if (last && file) {
        file->try_again();
      }
      write_now(lines);
      lock.lock();
      if (last && waiting.empty()) {
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
    flush_and_tell_what_was_lost();
  }

  [[nodiscard]] std::uint64_t lost_so_far() const { return overrun + unwritten; }

  // What the disk does not take is said the next time.
  void flush_and_tell_what_was_lost() {
    try {
      sink->flush();
      const std::uint64_t lost = lost_so_far();
      if (lost > told) {
        tell(lost);
      }
    } catch (const spdlog::spdlog_ex&) {
      return;
    }
  }

  // The line that tells it is none of those that were lost, should it be lost as well.
  void tell(std::uint64_t lost) {
    const std::uint64_t before = unwritten;
    try {
      const std::string line = lost_line(lost - told);
      sink->log({"truerelay", spdlog::level::err, line});
      sink->flush();
      told = lost;
    } catch (const spdlog::spdlog_ex&) {
      unwritten = before;
    }
  }

  std::atomic<std::uint64_t> unwritten = 0;  // Lines that the disk did not take.
  LostLine lost_line;
  std::shared_ptr<ReopeningFileSink> file;  // nullptr: standard error.
  std::shared_ptr<spdlog::sinks::sink> sink;
  std::size_t most;
  std::mutex mutex;
  std::condition_variable_any ring;
  std::deque<Line> waiting;
  bool urgent = false;                     // One that waits is an error.
  std::atomic<std::uint64_t> overrun = 0;  // Lines for which there was no room.
  std::uint64_t told = 0;                  // Of the lines lost, how many were mentioned.
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
