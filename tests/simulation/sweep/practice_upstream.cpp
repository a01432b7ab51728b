#include "tests/simulation/sweep/practice_upstream.h"

#include <utility>

#include "sandbox/session.h"
#include "tests/simulation/sweep/whimsical_stream.h"

namespace truerelay::simulation {

PracticeUpstream::PracticeUpstream(Surroundings surroundings, std::string host, relay::Tls tls,
                                   sandbox::Settings settings)
    : around_(surroundings),
      random_(around_.world.random().fork()),
      host_(std::move(host)),
      tls_(tls),
      settings_(std::move(settings)),
      book_(host_),
      impostors_("an impostor") {
  around_.network.listen(host_, kPort, [this](std::unique_ptr<io::Stream> stream, io::Peer peer) {
    around_.scope.spawn(serve(std::move(stream), std::move(peer)));
  });
}

void PracticeUpstream::take_tokens(std::string user,
                                   std::function<std::vector<std::string>()> good) {
  token_user_ = std::move(user);
  good_tokens_ = std::move(good);
}

void PracticeUpstream::refresh_tokens() {
  if (!good_tokens_) {
    return;
  }
  std::erase_if(settings_.accounts,
                [](const sandbox::Account& account) { return !account.token.empty(); });
  for (std::string& token : good_tokens_()) {
    sandbox::Account account;
    account.user = token_user_;
    account.token = Redacted(std::move(token));
    settings_.accounts.push_back(std::move(account));
  }
}

PracticeUpstream::Visit PracticeUpstream::draw_visit() {
  Visit visit;
  if (!whimsical_) {
    return visit;
  }
  Whim whim = Whim::draw(random_);
  const bool before_tls = tls_ == relay::Tls::none || whim.kind == Whim::Kind::refuse_greeting ||
                          (tls_ == relay::Tls::starttls && random_.chance(0.2));
  (before_tls ? visit.plain : visit.secured) = std::move(whim);
  if (tls_ != relay::Tls::none && random_.chance(0.05)) {
    visit.impostor = static_cast<PracticeTls::Impostor>(random_.between(0, 2));
  }
  return visit;
}

io::Task<void> PracticeUpstream::serve(std::unique_ptr<io::Stream> stream, io::Peer peer) {
  const Visit visit = draw_visit();
  refresh_tokens();
  if (visit.impostor) {
    around_.census.count(event_of(*visit.impostor));
  }
  UpstreamBook& book = visit.impostor ? impostors_ : book_;
  tls::ServerContext& server =
      visit.impostor ? around_.practice.impostor(*visit.impostor) : around_.practice.server();
  const WhimNotes notes{around_.world, book, around_.census};
  auto plain = std::make_unique<WhimsicalStream>(std::move(stream), visit.plain, notes);
  WhimsicalTls tls(server, visit.secured, notes);
  sandbox::Arrival arrival{nullptr, std::move(peer), std::nullopt};
  if (tls_ == relay::Tls::implicit) {
    plain->set_deadline(around_.world.now() + settings_.deadlines.handshake);
    io::Result<io::SecuredStream> secured = co_await tls.secure(std::move(plain));
    if (!secured) {
      co_return;
    }
    secured->stream->set_deadline(io::Time::max());
    arrival.stream = std::move(secured->stream);
    arrival.tls = std::move(secured->facts);
  } else {
    arrival.stream = std::move(plain);
  }
  if (visit.plain.kind == Whim::Kind::refuse_greeting) {
    co_await turn_away(std::move(arrival.stream), visit.plain);
    co_return;
  }
  const sandbox::Services uses{around_.world, around_.world, stop_, book,
                               tls_ == relay::Tls::starttls ? &tls : nullptr};
  co_await sandbox::serve(settings_, uses, std::move(arrival));
}

io::Task<void> PracticeUpstream::turn_away(std::unique_ptr<io::Stream> stream, Whim whim) {
  count(whim, around_.census);
  stream->set_deadline(around_.world.now() + settings_.deadlines.reply);
  const io::Result<void> said = co_await stream->write(whim.words);
  if (said) {
    stream->shutdown();
    Buffer unread;
    while (true) {
      const io::Result<std::size_t> count = co_await stream->read(unread);
      if (!count || *count == 0) {
        break;
      }
      unread.clear();
    }
  }
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
