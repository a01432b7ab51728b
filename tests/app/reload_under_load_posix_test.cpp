// A hundred reloads while mail flows: no lie, no silence, and nothing is left of them.

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/app/reload_scene.h"
#include "tests/app/smtp_socket.h"
#include "tests/base/memory_is_kept.h"

namespace truerelay::app {
namespace {

constexpr int kClients = 4;
constexpr int kReloads = 100;
// Above 1 MiB, by which an allocator's arena may grow: 30 KiB that leak at each reload are more.
constexpr std::size_t kMostGrowth = std::size_t{3} * 1024 * 1024;

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

std::size_t resident_octets() {
#ifdef __GLIBC__
  ::malloc_trim(0);  // What is free is not of interest.
#endif
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t lines_with(const std::string& text, std::string_view first, std::string_view second) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(first);
    count += at != std::string::npos && line.find(second, at) != std::string::npos ? 1 : 0;
  }
  return count;
}

// How many listeners or upstreams took another one's place, or went, and how many of those that had
// to make room are gone for good.
struct Replaced {
  std::size_t begun;
  std::size_t ended;
};
Replaced replaced(const std::string& log) {
  return {lines_with(log, "new or changed: ", "listener erp") +
              lines_with(log, "new or changed: ", "upstream practice"),
          lines_with(log, "listener erp: the last session with its former settings", "") +
              count_of(log, "the last connection with its former settings is closed")};
}

class ReloadUnderLoad : public ReloadScene {
 protected:
  std::atomic<std::size_t> told_accepted_ = 0;
  std::atomic<bool> enough_ = false;

  void send_mail() {
    while (!enough_) {
      const std::string reply = deliver();
      if (reply.starts_with("250 2.6.0 ")) {
        ++told_accepted_;
      } else {
        EXPECT_TRUE(reply.starts_with("421 4.3.2 The settings ")) << "a client heard: " << reply;
      }
    }
  }

  // Each time something else changes: the upstream, the listener, an address, nothing, all of it,
  // and an error that changes nothing.
  void change_something(int turn) const {
    const std::string top = turn % 2 == 0 ? "drain_timeout = \"0s\"" : "drain_timeout = \"1s\"";
    const std::string more = fmt::format(
        "[[listener]]\nname = \"office\"\naddress = [\"127.0.0.1:{}\"]\n"
        "upstream = \"practice\"\n",
        other_port_);
    switch (turn % 6) {
      case 0:
        write_main(top);
        write_upstream(fmt::format("patience = \"{}s\"", 20 + turn % 7));
        break;
      case 1:
        write_main(top, fmt::format("max_clients = {}", 100 + turn));
        break;
      case 2:
        write_main(top + "\n" + more, "max_clients = 100");
        break;
      case 3:
        break;
      case 4:
        write_upstream(fmt::format("max_connections = {}", 2 + turn % 3));
        write_main(top, fmt::format("max_clients = {}", 200 + turn));
        break;
      default:
        write_main("drain_timeout = \"never\"");
        break;
    }
  }

  void reload_often(int times) {
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([this] { send_mail(); });
    }
    for (int turn = 0; turn < times; ++turn) {
      change_something(turn);
      reload();
    }
    enough_ = true;
    for (std::thread& client : clients) {
      client.join();
    }
    enough_ = false;
    write_main();
    write_upstream();
    reload();
    EXPECT_TRUE(comes_true([this] {
      const Replaced all = replaced(log());
      return all.begun == all.ended;
    })) << log();
  }

  const std::uint16_t other_port_ = free_port();
};

TEST_F(ReloadUnderLoad, EveryClientHearsTheTruthAndNothingIsLeftOfAHundredReloads) {
  write_main("drain_timeout = \"0s\"");
  RunningEngine engine(config());
  reload_often(kReloads / 5);  // Warm.
  const std::size_t files = open_files();
  const std::size_t memory = resident_octets();
  reload_often(kReloads);
  EXPECT_EQ(practice_.accepted(), told_accepted_);
  EXPECT_GT(told_accepted_, std::size_t{kReloads});
  EXPECT_TRUE(comes_true([files] { return open_files() == files; }))
      << open_files() << " files are open, and were " << files;
  if (!kMemoryIsKept) {
    EXPECT_LT(resident_octets(), memory + kMostGrowth);
  }
}

}  // namespace
}  // namespace truerelay::app
