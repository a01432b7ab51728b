#include "app/practice_upstream.h"

#include <utility>

#include "sandbox/mail_folder.h"
#include "sandbox/session.h"

namespace truerelay::app {

PracticeUpstream::PracticeUpstream(sandbox::Settings settings, std::unique_ptr<io::TlsServer> tls)
    : settings_(std::move(settings)),
      tls_(std::move(tls)),
      sessions_(loop_),
      supervision_(loop_),
      stop_asked_(loop_) {}

std::expected<std::unique_ptr<PracticeUpstream>, std::string> PracticeUpstream::start(
    sandbox::Settings settings, std::unique_ptr<io::TlsServer> tls,
    const std::filesystem::path& mail_folder, Ports ports) {
  std::unique_ptr<PracticeUpstream> self(new PracticeUpstream(std::move(settings), std::move(tls)));
  std::expected<std::unique_ptr<sandbox::MailFolder>, std::string> ledger =
      sandbox::MailFolder::open(mail_folder, self->loop_);
  if (!ledger) {
    return std::unexpected(std::move(ledger.error()));
  }
  self->ledger_ = std::move(*ledger);
  const auto open = [&self](std::uint16_t port, bool implicit) {
    PracticeUpstream* const owner = self.get();
    return net::Listener::open(
        owner->loop_, {"127.0.0.1", port},
        [owner, implicit](std::unique_ptr<io::Stream> stream, io::Peer peer) {
          owner->accept(std::move(stream), std::move(peer), implicit);
        },
        [](std::string_view /*trouble*/) {});
  };
  io::Result<std::unique_ptr<net::Listener>> starttls = open(ports.starttls, false);
  if (!starttls) {
    return std::unexpected(std::move(starttls.error().detail));
  }
  self->starttls_ = std::move(*starttls);
  io::Result<std::unique_ptr<net::Listener>> implicit = open(ports.implicit, true);
  if (!implicit) {
    return std::unexpected(std::move(implicit.error().detail));
  }
  self->implicit_ = std::move(*implicit);
  return self;
}

void PracticeUpstream::run() {
  signals_ = std::make_unique<net::Signals>(loop_, [this](net::Signal signal) {
    if (signal != net::Signal::hang_up) {
      stop_asked_.notify();
    }
  });
  supervision_.spawn(supervise());
  loop_.run();
}

void PracticeUpstream::accept(std::unique_ptr<io::Stream> stream, io::Peer peer, bool implicit) {
  sessions_.spawn(serve(std::move(stream), std::move(peer), implicit));
}

io::Task<void> PracticeUpstream::serve(std::unique_ptr<io::Stream> stream, io::Peer peer,
                                       bool implicit) {
  sandbox::Arrival arrival{std::move(stream), std::move(peer), std::nullopt};
  if (implicit) {
    arrival.stream->set_deadline(loop_.now() + settings_.deadlines.handshake);
    io::Result<io::SecuredStream> secured = co_await tls_->secure(std::move(arrival.stream));
    if (!secured) {
      co_return;
    }
    secured->stream->set_deadline(io::Time::max());
    arrival.stream = std::move(secured->stream);
    arrival.tls = std::move(secured->facts);
  }
  const sandbox::Services services{loop_, loop_, stopping_, *ledger_, tls_.get()};
  co_await sandbox::serve(settings_, services, std::move(arrival));
}

io::Task<void> PracticeUpstream::supervise() {
  co_await stop_asked_.wait();
  stopping_.cancel();
  starttls_->stop();
  implicit_->stop();
  co_await sessions_.finished();
  signals_.reset();
  loop_.stop();
}

}  // namespace truerelay::app
