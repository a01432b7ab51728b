#include "relay/upstream.h"

#include <fmt/core.h>

#include <utility>

#include "relay/opening.h"
#include "relay/own_replies.h"

namespace truerelay::relay {
namespace {

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

}  // namespace

io::Task<Result<std::unique_ptr<UpstreamConnection>>> Upstream::open(
    const auth::Credentials* as_client, Steps& steps, io::Cancellation& cancellation) {
  std::optional<auth::Credentials> stored;
  if (as_client == nullptr && parts_.credentials != nullptr) {
    std::expected<auth::Credentials, auth::Refusal> found =
        co_await parts_.credentials->credentials();
    if (!found) {
      co_return fail(found.error().permanent ? Failure::Cause::no_credentials
                                             : Failure::Cause::credentials_deferred,
                     found.error().detail);
    }
    stored = std::move(*found);
  }
  Result<std::unique_ptr<UpstreamConnection>> connection =
      co_await open_connection(settings_, parts_,
                               as_client != nullptr ? as_client
                               : stored             ? &*stored
                                                    : nullptr,
                               steps, cancellation);
  if (connection) {
    offered_ = (*connection)->offered;
  }
  co_return connection;
}

io::Task<Result<std::unique_ptr<UpstreamConnection>>> Upstream::open(
    const auth::Credentials* as_client, io::Cancellation& cancellation) {
  LoggedSteps steps(parts_.events, settings_.name);
  Result<std::unique_ptr<UpstreamConnection>> connection =
      co_await open(as_client, steps, cancellation);
  co_return connection;
}

io::Task<void> Upstream::make_first_contact(io::Cancellation& cancellation) {
  Result<std::unique_ptr<UpstreamConnection>> connection = co_await open(nullptr, cancellation);
  if (!connection) {
    if (!cancellation.requested()) {
      parts_.events.note(observe::Level::error, settings_.name,
                         "is not usable now, clients would hear: " +
                             smtp::one_line(reply_for(connection.error(), settings_)));
    }
    co_return;
  }
  UpstreamConnection& upstream = **connection;
  parts_.events.note(
      observe::Level::info, settings_.name,
      fmt::format("is ready at {}{}{}", upstream.address,
                  upstream.tls.version.empty() ? ", without TLS" : ", " + upstream.tls.version,
                  upstream.user.empty() ? "" : ", logged in as " + upstream.user));
  co_await upstream.quit();
}

}  // namespace truerelay::relay
