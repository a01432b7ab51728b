#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>

#include "app/practice_upstream.h"
#include "tests/app/installation.h"

namespace truerelay::app {

// app::PracticeUpstream as a process of its own, so that the signals that stop an engine do not
// stop it, too. It is started before this process has any threads.
class PracticeProcess {
 public:
  // It uses the certificates of `installation`, and knows its user and password.
  explicit PracticeProcess(const Installation& installation, const std::filesystem::path& mail);
  PracticeProcess(const PracticeProcess&) = delete;
  PracticeProcess& operator=(const PracticeProcess&) = delete;
  ~PracticeProcess();  // SIGTERM, and waits; it must end with 0.

  [[nodiscard]] PracticeUpstream::Ports ports() const { return ports_; }
  // How many messages it has accepted.
  [[nodiscard]] std::size_t accepted() const;

 private:
  std::filesystem::path mail_;
  PracticeUpstream::Ports ports_;
  pid_t child_ = -1;
};

}  // namespace truerelay::app
