#pragma once

#include <memory>
#include <optional>
#include <string>

#include "auth/credentials.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/executor.h"
#include "io/task.h"
#include "io/tls.h"
#include "observe/events.h"
#include "relay/failure.h"
#include "relay/settings.h"
#include "relay/steps.h"
#include "relay/upstream_connection.h"
#include "smtp/capabilities.h"

namespace truerelay::relay {

// A server that takes mail on, and what has been learned of it. Lives as long as the service; the
// parts that it refers to outlive it.
class Upstream {
 public:
  struct Parts {
    io::Clock& clock;
    io::Executor& executor;
    observe::Events& events;
    io::Dialer& dialer;
    io::TlsClient* tls;                   // nullptr only where settings.tls is none.
    auth::CredentialSource* credentials;  // nullptr where nobody logs in, or each client as itself.
  };

  Upstream(UpstreamSettings settings, Parts parts)
      : settings_(std::move(settings)), parts_(parts) {}

  [[nodiscard]] const UpstreamSettings& settings() const { return settings_; }
  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] bool passthrough() const { return settings_.auth == auth::Choice::passthrough; }

  // What it offered last time, after TLS; nullopt before the first contact.
  [[nodiscard]] const std::optional<smtp::Capabilities>& offered() const { return offered_; }

  // A new connection that is ready for MAIL: connected, secured, logged in with the stored
  // credentials (`as_client` is nullptr) or with the client's own.
  io::Task<Result<std::unique_ptr<UpstreamConnection>>> open(const auth::Credentials* as_client,
                                                             Steps& steps,
                                                             io::Cancellation& cancellation);
  // The same, each step told to the log at its most talkative.
  io::Task<Result<std::unique_ptr<UpstreamConnection>>> open(const auth::Credentials* as_client,
                                                             io::Cancellation& cancellation);

  // Connects, logs in and takes leave: the log says whether this upstream can be used, before the
  // first message needs it, and the first client is offered what it offers.
  io::Task<void> make_first_contact(io::Cancellation& cancellation);

 private:
  UpstreamSettings settings_;
  Parts parts_;
  std::optional<smtp::Capabilities> offered_;
};

}  // namespace truerelay::relay
