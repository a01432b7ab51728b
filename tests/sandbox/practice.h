#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "io/tls.h"
#include "sandbox/session.h"
#include "sandbox/settings.h"
#include "tests/sandbox/memory_ledger.h"
#include "tests/simulation/link.h"
#include "tests/simulation/world.h"

namespace truerelay::sandbox {

// A handshake that always succeeds and changes nothing.
class PretendTls final : public io::TlsServer {
 public:
  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain) override;
};

// One client at the practice upstream, in virtual time.
class Practice {
 public:
  // As the product is set up: TLS and AUTH are required. "erp" has the password "secret", "cloud"
  // the token "token".
  [[nodiscard]] static Settings usual_settings();
  // Nothing stands before MAIL, for tests of what comes after.
  [[nodiscard]] static Settings open_settings();

  explicit Practice(Settings settings, simulation::LinkOptions link = {});
  Practice(const Practice&) = delete;
  Practice& operator=(const Practice&) = delete;
  ~Practice();

  // Sends, lets two seconds pass and returns all that came back.
  std::string say(std::string_view bytes);
  // What came since then, after `duration`.
  std::string wait(io::Duration duration);
  // The server has ended the connection.
  [[nodiscard]] bool ended() const { return ended_; }
  void hang_up();
  void stop() { cancellation_.cancel(); }
  [[nodiscard]] std::size_t sessions() const { return scope_.running(); }

  // EHLO, MAIL and RCPT to all of `recipients` ("a@x b@x").
  std::string begin(std::string_view recipients);

  MemoryLedger ledger;

  [[nodiscard]] io::Clock& clock() { return world_; }

 private:
  io::Task<void> listen();
  io::Task<void> send(std::string bytes);

  simulation::World world_{1};
  const Settings settings_;
  PretendTls tls_;
  io::Cancellation cancellation_;
  io::Scope scope_{world_};
  io::Scope client_scope_{world_};
  std::unique_ptr<io::Stream> client_;
  Buffer received_;
  bool ended_ = false;
};

// Waits for the greeting and returns it.
std::string greeted(Practice& practice);

// EXPECT_TRUE(starts(replies, "250 ")), with what the text is instead in the failure.
[[nodiscard]] testing::AssertionResult starts(std::string_view text, std::string_view prefix);
[[nodiscard]] testing::AssertionResult holds(std::string_view text, std::string_view part);

}  // namespace truerelay::sandbox
