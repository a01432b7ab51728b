#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/credentials.h"
#include "digest/digest.h"
#include "digest/key.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/executor.h"
#include "io/task.h"
#include "io/tls.h"
#include "observe/events.h"
#include "relay/backoff.h"
#include "relay/failure.h"
#include "relay/pool.h"
#include "relay/settings.h"
#include "relay/standing.h"
#include "relay/steps.h"
#include "relay/upstream_connection.h"
#include "smtp/capabilities.h"

namespace truerelay::relay {

// A server that takes mail on, as its settings say: its connections, and what has been learned of
// it. The parts that it refers to outlive it. Before it goes, close() is awaited.
class Upstream {
 public:
  struct Parts {
    io::Clock& clock;
    io::Executor& executor;
    observe::Events& events;
    io::Dialer& dialer;
    io::TlsClient* tls;                   // nullptr only where settings.tls is none.
    auth::CredentialSource* credentials;  // nullptr where nobody logs in, or each client as itself.
    const digest::Key& key;               // For what is known only by its digest.
  };

  // `standing` is that of the upstream whose place it takes; nullptr: it begins anew.
  Upstream(UpstreamSettings settings, Parts parts, std::shared_ptr<Standing> standing = nullptr);
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  [[nodiscard]] const UpstreamSettings& settings() const { return settings_; }
  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] bool passthrough() const { return settings_.auth == auth::Choice::passthrough; }

  // The upstream that takes what this one cannot (`fallback`). Before anything else is called.
  void fall_back_to(Upstream& other) { fallback_ = &other; }

  // What it offered last time, after TLS; nullopt before the first contact.
  [[nodiscard]] const std::optional<smtp::Capabilities>& offered() const {
    return standing_->offered;
  }
  [[nodiscard]] const std::shared_ptr<Standing>& standing() const { return standing_; }

  // A connection for a transaction, of this upstream or, where it cannot be used, of its fallback:
  // logged in with the stored credentials (`as_client` is nullptr) or with the client's own.
  io::Task<Result<Lease>> lease(const auth::Credentials* as_client, Asker asker);

  // A client has come: a connection is opened while it introduces itself.
  void warm();

  // Connects and logs in: the log says whether this upstream can be used, before the first message
  // needs it, and the first client is offered what it offers.
  io::Task<void> make_first_contact(io::Cancellation& cancellation);

  // A connection of its own, each step told: for who wants to look at the upstream.
  io::Task<Result<std::unique_ptr<UpstreamConnection>>> open(const auth::Credentials* credentials,
                                                             Steps& steps,
                                                             io::Cancellation& cancellation);
  // The same, the steps told to the log at its most talkative.
  io::Task<Result<std::unique_ptr<UpstreamConnection>>> open(const auth::Credentials* credentials,
                                                             io::Cancellation& cancellation);
  // What is to be logged in with; nullopt where nobody logs in. It takes less than connect_timeout,
  // so that whoever waits for a connection that long hears why there is none.
  io::Task<Result<std::optional<auth::Credentials>>> stored_credentials(
      io::Cancellation& cancellation);
  // The stored credentials were refused. True: there may be others by now, worth one more login.
  [[nodiscard]] bool replace_refused(const auth::Credentials& refused);

  // Stands for credentials without telling them.
  [[nodiscard]] digest::Digest digest_of(const auth::Credentials* credentials) const;

  // How opening a connection went.
  void opened();
  void opening_failed(const Failure& failure);

  // Content goes to it in chunks (RFC 3030).
  [[nodiscard]] bool takes_chunks(const smtp::Capabilities& offered) const;
  // It offers chunks and failed at one in a way that DATA would not have: DATA for a day.
  void fail_chunks(std::string_view how);
  // A chunk went out so slowly that its time was over, which may be chance, once.
  void stall_in_chunk();

  // Other settings have taken its place: who is here already is served, and no connection is kept.
  void retire();
  [[nodiscard]] bool retired() const { return retired_; }
  // Takes leave on all its connections. No lease is left.
  io::Task<void> close();

 private:
  [[nodiscard]] io::Time now() const { return parts_.clock.now(); }
  io::Task<Result<Lease>> lease_of_fallback(Failure why, Asker asker);
  void note_ready(const UpstreamConnection& connection);

  UpstreamSettings settings_;
  Parts parts_;
  const std::shared_ptr<Standing> standing_;
  Upstream* fallback_ = nullptr;
  // Why the fallback takes its messages, until it is tried again.
  std::optional<Failure> out_of_use_;
  Backoff next_trial_{std::chrono::seconds(15), std::chrono::minutes(5)};
  bool retired_ = false;
  Pool pool_;  // Last: it uses all the others.
};

}  // namespace truerelay::relay
