#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/app/practice_process.h"
#include "tests/app/running_engine.h"

namespace truerelay::app {

// A port of 127.0.0.1 that nobody uses just now.
[[nodiscard]] std::uint16_t free_port();
// One that somebody else listens at.
class OccupiedPort {
 public:
  OccupiedPort();
  OccupiedPort(const OccupiedPort&) = delete;
  OccupiedPort& operator=(const OccupiedPort&) = delete;
  ~OccupiedPort();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_;
};
// Somebody listens there.
[[nodiscard]] bool can_connect(std::uint16_t port);
// Waits for it, as long as a slow machine may take.
[[nodiscard]] bool comes_true(const std::function<bool()>& condition);
[[nodiscard]] std::size_t count_of(std::string_view text, std::string_view words);

// An engine whose configuration a test rewrites while it runs, between real sockets.
class ReloadScene : public testing::Test {
 protected:
  const Installation certified_;
  const PracticeProcess practice_{certified_, certified_.path("mail")};
  const Installation installation_{practice_.ports().starttls};
  const std::uint16_t port_ = free_port();

  void SetUp() override;

  // The main file: what stands before [[listener]], and more keys of the listener.
  void write_main(std::string_view top = "", std::string_view listener = "") const;
  // The upstream's file: its login, and more keys of it.
  void write_upstream(std::string_view more = "") const;
  [[nodiscard]] std::string upstream_without_login() const;
  [[nodiscard]] config::Config config() const;

  [[nodiscard]] std::string log() const { return installation_.read("truerelay.log"); }
  // comes_true() that the log holds these words so often.
  [[nodiscard]] bool log_comes_to_hold(std::string_view words, std::size_t times = 1) const;
  // SIGHUP, and waits for what comes of it. The lines of the log since then.
  std::string reload() const;

  // A whole session for one message, which ends early where a reply is not what it should be: the
  // last reply.
  [[nodiscard]] std::string deliver(std::string_view recipient = "a@example.net") const;
};

}  // namespace truerelay::app
