#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "base/redacted.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/task.h"
#include "oauth/token_source.h"

namespace truerelay::oauth {

// Runs a program: no shell, nothing on its standard input, its output bounded, ended at the
// deadline.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  // What it printed before it ended by itself with status 0. An error is a clause without a full
  // stop: how it ended, and what it said on standard error, fit to be shown.
  virtual io::Task<std::expected<Redacted, std::string>> run(std::vector<std::string> command,
                                                             io::Time deadline,
                                                             io::Cancellation& cancellation) = 0;
};

// `token_command`: a program of the administrator's that prints a token, either as JSON with
// "access_token" and "expires_in" or the bare token on a line.
class CommandSource final : public TokenSource {
 public:
  CommandSource(std::vector<std::string> command, CommandRunner& runner)
      : command_(std::move(command)), runner_(runner) {}

  io::Task<TokenResult<Token>> fetch(io::Time deadline, io::Cancellation& cancellation) override;
  // None of its failures is taken for permanent: nobody knows what it means.
  io::Task<bool> changed() override { co_return true; }

 private:
  std::vector<std::string> command_;
  CommandRunner& runner_;
};

[[nodiscard]] TokenResult<Token> read_command_output(const Redacted& output,
                                                     const std::string& program);

}  // namespace truerelay::oauth
