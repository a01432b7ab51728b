#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "auth/local_users.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/tls.h"
#include "relay/listener.h"
#include "relay/services.h"
#include "relay/settings.h"
#include "relay/upstream.h"
#include "sandbox/settings.h"
#include "tests/relay/metered_stream.h"
#include "tests/relay/records.h"
#include "tests/relay/staged_upstream.h"
#include "tests/sandbox/memory_ledger.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/network.h"
#include "tests/simulation/world.h"

namespace truerelay::relay {

using namespace std::chrono_literals;

// The login that the relay has for its upstream.
class KnownCredentials final : public auth::CredentialSource {
 public:
  std::string user = "erp@example.org";
  std::string secret = "correct horse";
  auth::Credentials::Kind kind = auth::Credentials::Kind::password;
  std::optional<auth::Refusal> refusal;
  std::string replacement;  // The secret after the first one was refused; empty: there is none.
  unsigned refused = 0;     // How often a secret was said to have been refused.

  io::Task<std::expected<auth::Credentials, auth::Refusal>> credentials(
      io::Time /*until*/, io::Cancellation& /*cancellation*/) override;
  bool replace_refused(const auth::Credentials& credentials) override;
};

// The one user of the relay's own.
class KnownUsers final : public auth::LocalUsers {
 public:
  std::string user = "scanner";
  std::string password = "paper jam";
  std::optional<std::string> trouble;
  unsigned asked = 0;

  io::Task<std::expected<bool, std::string>> check(std::string given,
                                                   Redacted given_password) override;
};

// What a test may change before the scene begins.
struct Arrangement {
  ListenerSettings listener;   // "erp", without TLS, for 127.0.0.0/8
  UpstreamSettings upstream;   // "contoso" at mail.example:587, without TLS
  sandbox::Settings practice;  // Knows the login; asks for no TLS.
  KnownCredentials login;
  KnownUsers users;
  bool staged = false;  // The staged upstream instead of the practice upstream.
  bool upstream_has_tls = false;
  bool upstream_trusted = true;
  bool listener_has_tls = false;
  std::vector<ListenerSettings> more_listeners;  // On the ports after that of the first.
  bool has_fallback = false;
  UpstreamSettings fallback;  // "reserve" at reserve.example:587, staged, without TLS and login

  Arrangement();
};
[[nodiscard]] Arrangement passthrough_setup();
// The practice upstream without CHUNKING: a message is under way from its first octet.
[[nodiscard]] Arrangement data_setup();
// The staged upstream, which asks for no login.
[[nodiscard]] Arrangement staged_setup();
// The staged upstream, which takes chunks.
inline constexpr const char* kOffersChunks = "PIPELINING\nCHUNKING";
// The staged upstream with "reserve" as its fallback.
[[nodiscard]] Arrangement fallback_setup();

// The relay between a network of clients and its upstream, all simulated, in virtual time.
// Clients (mail_program.h) go before the scene.
class Scene {
 public:
  explicit Scene(Arrangement setup = {});
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene();

  void make_first_contact();
  [[nodiscard]] const Arrangement& arrangement() const { return setup_; }
  // The settings of the upstream and of the first listener change, as a reload does it: for those
  // who come from now on.
  void change(UpstreamSettings upstream, ListenerSettings listener);
  // The time of those who came before is over.
  void retire_former();
  void pass(io::Duration duration) { world.run_for(duration); }
  // Sessions that the relay has with clients.
  [[nodiscard]] std::size_t sessions() const;
  [[nodiscard]] io::TlsClient& tls_of_clients();
  // What the relay logs in with from now on.
  [[nodiscard]] KnownCredentials& login() { return login_; }
  [[nodiscard]] const KnownUsers& users() const { return users_; }

  // Whether a note to the log about this upstream holds these words.
  [[nodiscard]] bool noted(std::string_view upstream, std::string_view words) const;

  // The record of the one message that there was.
  [[nodiscard]] const observe::MessageRecord& record() const;
  // The one message at the practice upstream.
  [[nodiscard]] const sandbox::MemoryLedger::Message& message() const;

  simulation::World world{1};
  simulation::Network network{world};
  Records records;
  sandbox::MemoryLedger ledger;
  StagedUpstream staged{world};
  StagedUpstream reserve{world};  // The fallback.
  io::Cancellation stopping;
  io::Cancellation stopped;
  Meter meter;
  simulation::MemoryScratches scratch;

 private:
  static constexpr std::array<std::byte, digest::Key::kSize> kKey{};

  struct Tls;

  std::unique_ptr<Upstream> new_upstream(UpstreamSettings settings,
                                         std::shared_ptr<Standing> standing);
  std::unique_ptr<Listener> new_listener(ListenerSettings settings,
                                         std::shared_ptr<Listener::Crowd> crowd);
  void open_listener(ListenerSettings settings);
  io::Task<void> contact();

  const Arrangement setup_;
  KnownCredentials login_;
  KnownUsers users_;
  std::unique_ptr<Tls> tls_;
  io::Cancellation practice_ends_;
  io::Scope practice_{world};
  io::Scope contacts_{world};
  simulation::SimulatedDialer dialer_;
  MeteredDialer metered_dialer_{dialer_, meter};
  const digest::Key key_{kKey};
  Duplicates duplicates_{key_, world, world};
  ReplayMemory replay_memory_;
  const Services services_{world,       world,          records, stopping, stopped,
                           duplicates_, replay_memory_, scratch, &users_};
  std::unique_ptr<Upstream> reserve_;
  std::unique_ptr<Upstream> upstream_;
  std::vector<std::unique_ptr<Upstream>> former_upstreams_;
  std::vector<std::unique_ptr<Listener>> former_listeners_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  unsigned arrivals_ = 0;
};

// EXPECT_TRUE(holds(reply, "5.7.8")), with what the text is instead in the failure.
[[nodiscard]] testing::AssertionResult holds(std::string_view text, std::string_view part);
[[nodiscard]] testing::AssertionResult starts(std::string_view text, std::string_view prefix);

}  // namespace truerelay::relay
