#include "tests/simulation/sweep/practice_upstream.h"

#include <optional>
#include <utility>

#include "sandbox/session.h"

namespace truerelay::simulation {

PracticeUpstream::PracticeUpstream(World& world, io::Scope& scope, Network& network,
                                   const PracticeTls& practice, std::string host, relay::Tls tls,
                                   sandbox::Settings settings)
    : world_(world),
      practice_(practice),
      host_(std::move(host)),
      tls_(tls),
      settings_(std::move(settings)),
      book_(host_) {
  network.listen(host_, kPort, [this, &scope](std::unique_ptr<io::Stream> stream, io::Peer peer) {
    scope.spawn(serve(std::move(stream), std::move(peer)));
  });
}

io::Task<void> PracticeUpstream::serve(std::unique_ptr<io::Stream> stream, io::Peer peer) {
  sandbox::Arrival arrival{std::move(stream), std::move(peer), std::nullopt};
  if (tls_ == relay::Tls::implicit) {
    arrival.stream->set_deadline(world_.now() + settings_.deadlines.handshake);
    io::Result<io::SecuredStream> secured =
        co_await practice_.server().secure(std::move(arrival.stream));
    if (!secured) {
      co_return;
    }
    secured->stream->set_deadline(io::Time::max());
    arrival.stream = std::move(secured->stream);
    arrival.tls = std::move(secured->facts);
  }
  const sandbox::Services uses{world_, world_, stop_, book_,
                               tls_ == relay::Tls::starttls ? &practice_.server() : nullptr};
  co_await sandbox::serve(settings_, uses, std::move(arrival));
}

sandbox::Settings PracticeUpstream::settings_for(relay::Tls tls,
                                                 const std::vector<std::string>& users,
                                                 const std::string& password) {
  sandbox::Settings settings;
  for (const std::string& user : users) {
    sandbox::Account account;
    account.user = user;
    account.password = Redacted(password);
    settings.accounts.push_back(std::move(account));
  }
  settings.require_tls = tls != relay::Tls::none;
  settings.auth_without_tls = tls == relay::Tls::none;
  return settings;
}

}  // namespace truerelay::simulation
