#include "observe/line_writer.h"

#include <fmt/core.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace truerelay::observe {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

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
class ReopeningFileSink final : public spdlog::sinks::base_sink<std::mutex> {
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
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(bare_formatter());
  return sink;
}

}  // namespace

// spdlog's registry and default logger are not used, so that each writer stands for itself.
struct LineWriter::Machine {
  Machine(const LogSettings& settings, LostLine lost_line_in)
      : lost_line(std::move(lost_line_in)),
        sink(open_sink(settings)),
        pool(std::make_shared<spdlog::details::thread_pool>(settings.queue, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "truerelay", sink, pool, spdlog::async_overflow_policy::overrun_oldest)) {
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::err);
    logger->set_error_handler([this](const std::string&) { ++unwritten; });
    housekeeper = std::jthread([this](std::stop_token stop) { keep_house(std::move(stop)); });
  }

  ~Machine() {
    housekeeper.request_stop();
    housekeeper.join();
    overrun_before = pool->overrun_counter();
    logger.reset();
    pool.reset();  // Writes what is queued and joins the thread.
    tell_what_was_lost_and_flush();
  }

  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void keep_house(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      never.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
      tell_what_was_lost_and_flush();
    }
  }

  [[nodiscard]] std::uint64_t lost_so_far() const {
    return (pool ? pool->overrun_counter() : overrun_before) + unwritten;
  }

  // Goes past the queue, which may be full. What the disk does not take is said the next time.
  void tell_what_was_lost_and_flush() {
    const std::uint64_t lost = lost_so_far();
    try {
      if (lost > told) {
        const std::string line = lost_line(lost - told);
        sink->log(spdlog::details::log_msg("truerelay", spdlog::level::err, line));
        told = lost;
      }
      sink->flush();
    } catch (const spdlog::spdlog_ex&) {
      return;
    }
  }

  LostLine lost_line;
  std::atomic<std::uint64_t> unwritten = 0;  // Lines that the disk did not take.
  std::uint64_t told = 0;                    // Of the lines lost, how many were mentioned.
  std::uint64_t overrun_before = 0;          // By the pool, once there is none any more.
  std::shared_ptr<spdlog::sinks::sink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::jthread housekeeper;
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

void LineWriter::write(Level level, std::string_view line) {
  machine_->logger->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

std::uint64_t LineWriter::lost_lines() const { return machine_->lost_so_far(); }

}  // namespace truerelay::observe
