#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "io/clock.h"
#include "io/ip_address.h"
#include "io/tls.h"
#include "observe/events.h"
#include "relay/settings.h"
#include "tests/attacks/ground.h"
#include "tests/attacks/raw_client.h"
#include "tests/attacks/scripted_upstream.h"
#include "tests/simulation/attempt.h"

namespace truerelay::attacks {

// What the relay told its log.
class Records final : public observe::Events {
 public:
  void message(const observe::MessageRecord& record) override { messages.push_back(record); }
  void session_failed(const observe::SessionRecord& record) override { failures.push_back(record); }
  void note(observe::Level /*level*/, std::string_view /*upstream*/,
            std::string_view text) override {
    notes.emplace_back(text);
  }

  std::vector<observe::MessageRecord> messages;
  std::vector<observe::SessionRecord> failures;
  std::vector<std::string> notes;
};

// What a stage is set up with. The defaults: no TLS, nobody logs in.
struct Setting {
  struct Login {
    auth::Credentials::Kind kind = auth::Credentials::Kind::password;
    std::string user;
    std::string secret;
  };

  Setting();

  relay::ListenerSettings listener;
  relay::UpstreamSettings upstream;
  std::optional<Login> login;
  std::vector<Script> scripts;              // Of the upstream's first connections;
  bool relentless = false;                  // the last of them is that of all further ones.
  std::shared_ptr<io::TlsClient> trust;     // The relay's side of TLS.
  std::shared_ptr<io::TlsServer> identity;  // The upstream's,
  std::shared_ptr<io::TlsServer> listener_identity;  // and the relay's, towards clients.
  bool circular = false;                             // The upstream is the relay itself.
  simulation::Attempt attempt;  // What becomes of the first connection to the upstream.
};

// The real relay between raw clients and a scripted upstream, on the simulated network. Waits are
// bounded in steps and in virtual time. At its end everybody leaves and nothing may be left.
class Stage {
 public:
  explicit Stage(Setting setting = {});
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // A new client, which has sent `early` before the relay knows of it.
  RawClient& connect(std::string early = {});
  // A new client whose address is another than it is.
  RawClient& connect_from(io::IpAddress ip);
  // A new client that has heard the greeting and the answer to EHLO.
  RawClient& greeted();

  // Sends `bytes` and waits until `count` more replies have come: what came, byte for byte. It may
  // be less where the session ended, or nothing more came within twenty minutes.
  std::string ask(RawClient& client, std::string bytes, std::size_t count = 1);
  // Likewise for what was sent already.
  std::string hear(RawClient& client, std::size_t count = 1);
  // Waits until the relay has ended the session: what came.
  std::string hear_to_end(RawClient& client);
  void run_for(io::Duration duration);
  [[nodiscard]] io::Time now() const;

  [[nodiscard]] ScriptedUpstream& upstream();
  [[nodiscard]] const Records& records() const;
  [[nodiscard]] std::size_t sessions() const;

  // The service's end, as its owner brings it about: no new transactions, then no more time.
  void stop();

 private:
  struct Parts;

  RawClient& accept(Ground::Ends ends, std::string early);
  void end();
  void look_for_secrets() const;

  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::attacks
