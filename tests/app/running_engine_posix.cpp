#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>

#include "tests/app/running_engine.h"

namespace truerelay::app {

RunningEngine::RunningEngine(const config::Config& config) {
  auto started = Engine::start(config);
  if (!started) {
    ADD_FAILURE() << started.error();
    ended_.set_value();
    return;
  }
  engine_ = std::move(*started);
  const std::string address = engine_->addresses().at(0);
  port_ = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
  engine_->heed_signals();
  thread_ = std::thread([this] {
    engine_->run();
    ended_.set_value();
  });
}

RunningEngine::~RunningEngine() {
  // Twice: the second one does not wait for sessions.
  if (end_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    ask_all_to_stop();
    if (!has_ended()) {
      ask_all_to_stop();
    }
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool RunningEngine::has_ended() {
  return end_.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
}

bool RunningEngine::goes_on() {
  return end_.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout;
}

void RunningEngine::ask_all_to_stop() { ::kill(::getpid(), SIGTERM); }

void RunningEngine::ask_all_to_reload() { ::kill(::getpid(), SIGHUP); }

}  // namespace truerelay::app
