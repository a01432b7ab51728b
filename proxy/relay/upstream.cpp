#include "relay/upstream.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "digest/keyed_hash.h"
#include "relay/opening.h"
#include "relay/own_replies.h"

namespace truerelay::relay {
namespace {

constexpr io::Duration kDay = std::chrono::hours(24);

class LoggedSteps final : public Steps {
 public:
  LoggedSteps(observe::Events& events, const std::string& upstream)
      : events_(events), upstream_(upstream) {}
  void step(std::string_view step, io::Duration took, const std::string& found) override {
    events_.note(
        observe::Level::debug, upstream_,
        fmt::format("{}, {:.1f} ms: {}", step, static_cast<double>(took.count()) / 1000, found));
  }

 private:
  observe::Events& events_;
  const std::string& upstream_;
};

Failure from_refusal(auth::Refusal refusal) {
  Failure failure{Failure::Cause::credentials_deferred, std::move(refusal.detail), std::nullopt};
  if (refusal.permanent) {
    failure.cause = refusal.kind == auth::Credentials::Kind::token ? Failure::Cause::no_token
                                                                   : Failure::Cause::no_credentials;
  }
  failure.remedy = std::move(refusal.remedy);
  return failure;
}

// NUL ends a field of PLAIN (RFC 4616), 0x01 one of XOAUTH2 and OAUTHBEARER (RFC 7628): what holds
// one would say more to the server than who logs in.
bool holds_control_byte(const auth::Credentials& credentials) {
  return std::ranges::any_of(credentials.user, ascii_control) ||
         std::ranges::any_of(credentials.secret.reveal(), ascii_control);
}

// Another upstream can do what this one could not.
bool calls_for_fallback(Failure::Cause cause) {
  return cause != Failure::Cause::stopping && cause != Failure::Cause::over_budget;
}

}  // namespace

Upstream::Upstream(UpstreamSettings settings, Parts parts, std::shared_ptr<Standing> standing)
    : settings_(std::move(settings)),
      parts_(parts),
      standing_(standing ? std::move(standing) : std::make_shared<Standing>(parts.clock)),
      pool_(*this) {
  standing_->limit(settings_.max_connections, settings_.rate_per_minute);
}

// --- Connections for transactions ---

io::Task<Result<Lease>> Upstream::lease(const auth::Credentials* as_client, Asker asker) {
  if (out_of_use_ && as_client == nullptr) {
    warm();
    Result<Lease> instead = co_await lease_of_fallback(*out_of_use_, asker);
    co_return instead;
  }
  Result<Lease> lease = co_await pool_.lease(as_client, asker);
  // A client's own password is for the upstream that it was meant for, and no other login is its
  // own.
  if (!lease && fallback_ != nullptr && as_client == nullptr &&
      calls_for_fallback(lease.error().cause)) {
    Result<Lease> instead = co_await lease_of_fallback(std::move(lease.error()), asker);
    co_return instead;
  }
  co_return lease;
}

// Where the fallback fails too, what failed first is what is told.
io::Task<Result<Lease>> Upstream::lease_of_fallback(Failure why, Asker asker) {
  Result<Lease> lease = co_await fallback_->pool_.lease(nullptr, asker);
  if (lease) {
    co_return lease;
  }
  Failure both = std::move(why);
  const smtp::Reply other = reply_for(lease.error(), fallback_->settings_);
  both.besides = fmt::format("Its fallback {} failed as well: {} {}", fallback_->settings_.name,
                             other.code, other.lines.front());
  co_return std::unexpected(std::move(both));
}

void Upstream::warm() {
  if (!out_of_use_) {
    pool_.warm();
    return;
  }
  if (!next_trial_.active(now())) {
    next_trial_.begin(now());
    pool_.warm();
  }
  fallback_->pool_.warm();
}

void Upstream::opened() {
  next_trial_.end();
  if (std::exchange(out_of_use_, std::nullopt)) {
    parts_.events.note(observe::Level::warning, settings_.name,
                       fmt::format("can be used again; its fallback {} is not needed any more",
                                   fallback_->settings_.name));
  }
}

void Upstream::opening_failed(const Failure& failure) {
  if (fallback_ == nullptr || !calls_for_fallback(failure.cause)) {
    return;
  }
  next_trial_.begin(now());
  if (!std::exchange(out_of_use_, failure)) {
    parts_.events.note(
        observe::Level::error, settings_.name,
        fmt::format("cannot be used, so its fallback {} takes the messages that nobody was told "
                    "anything about: {}",
                    fallback_->settings_.name, smtp::one_line(reply_for(failure, settings_))));
  }
}

void Upstream::retire() {
  retired_ = true;
  pool_.leave_idle();
}

io::Task<void> Upstream::close() { co_await pool_.close(); }

// --- Opening one ---

io::Task<Result<std::optional<auth::Credentials>>> Upstream::stored_credentials(
    io::Cancellation& cancellation) {
  if (parts_.credentials == nullptr) {
    co_return Result<std::optional<auth::Credentials>>(std::nullopt);
  }
  std::expected<auth::Credentials, auth::Refusal> found = co_await parts_.credentials->credentials(
      now() + settings_.connect_timeout * 3 / 4, cancellation);
  if (!found && cancellation.requested()) {
    co_return fail(Failure::Cause::stopping, "");
  }
  if (!found) {
    co_return std::unexpected(from_refusal(std::move(found.error())));
  }
  if (holds_control_byte(*found)) {
    co_return fail(Failure::Cause::no_credentials,
                   "it holds a control byte, such as the end of a first line");
  }
  std::optional<auth::Credentials> stored = std::move(*found);
  co_return stored;
}

bool Upstream::replace_refused(const auth::Credentials& refused) {
  return parts_.credentials != nullptr && parts_.credentials->replace_refused(refused);
}

digest::Digest Upstream::digest_of(const auth::Credentials* credentials) const {
  digest::KeyedHash hash(parts_.key);
  hash.field("credentials");
  if (credentials != nullptr) {
    hash.field(credentials->user);
    hash.field(credentials->secret.reveal());
  }
  return hash.finish();
}

io::Task<Result<std::unique_ptr<UpstreamConnection>>> Upstream::open(
    const auth::Credentials* credentials, Steps& steps, io::Cancellation& cancellation) {
  Result<std::unique_ptr<UpstreamConnection>> connection =
      co_await open_connection(settings_, parts_, credentials, steps, cancellation);
  if (connection) {
    standing_->offered = (*connection)->offered;
  }
  co_return connection;
}

io::Task<Result<std::unique_ptr<UpstreamConnection>>> Upstream::open(
    const auth::Credentials* credentials, io::Cancellation& cancellation) {
  LoggedSteps steps(parts_.events, settings_.name);
  Result<std::unique_ptr<UpstreamConnection>> connection =
      co_await open(credentials, steps, cancellation);
  co_return connection;
}

io::Task<void> Upstream::make_first_contact(io::Cancellation& cancellation) {
  std::optional<Failure> failure;
  if (passthrough()) {
    Result<std::unique_ptr<UpstreamConnection>> visit = co_await open(nullptr, cancellation);
    if (visit) {
      note_ready(**visit);
      co_await (*visit)->quit();
    } else {
      failure = std::move(visit.error());
    }
  } else {
    const Asker asker{.group = this,
                      .client = nullptr,
                      .until = now() + settings_.connect_timeout,
                      .cancellation = cancellation,
                      .message = false};
    Result<Lease> lease = co_await pool_.lease(nullptr, asker);
    if (lease) {
      note_ready(**lease);
    } else {
      failure = std::move(lease.error());
    }
  }
  if (failure && !cancellation.requested()) {
    parts_.events.note(
        observe::Level::error, settings_.name,
        "is not usable now, clients would hear: " + smtp::one_line(reply_for(*failure, settings_)));
  }
}

void Upstream::note_ready(const UpstreamConnection& connection) {
  parts_.events.note(
      observe::Level::info, settings_.name,
      fmt::format("is ready at {}{}{}", connection.address,
                  connection.tls.version.empty() ? ", without TLS" : ", " + connection.tls.version,
                  connection.user.empty() ? "" : ", logged in as " + connection.user));
}

// --- Chunks ---

bool Upstream::takes_chunks(const smtp::Capabilities& offered) const {
  return settings_.chunking == Chunking::automatic && offered.chunking &&
         now() >= standing_->data_until;
}

void Upstream::fail_chunks(std::string_view how) {
  if (now() < standing_->data_until) {
    return;
  }
  standing_->data_until = now() + kDay;
  parts_.events.note(observe::Level::warning, settings_.name,
                     fmt::format("offers CHUNKING and fails at it ({}), so it gets DATA for a day; "
                                 "chunking = \"off\" in {} makes that lasting",
                                 how, settings_.file));
}

void Upstream::stall_in_chunk() {
  if (standing_->stalled != io::Time{} && now() < standing_->stalled + kDay) {
    fail_chunks("it stopped taking a chunk, twice");
  }
  standing_->stalled = now();
}

}  // namespace truerelay::relay
