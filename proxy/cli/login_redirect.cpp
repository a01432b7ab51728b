#include "cli/login_redirect.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

#include "http/visit.h"
#include "oauth/authorization.h"

namespace truerelay::cli {
namespace {

constexpr io::Duration kBrowser = std::chrono::seconds(10);
constexpr io::Duration kLook = std::chrono::seconds(1);

}  // namespace

std::expected<std::unique_ptr<LoginRedirect>, std::string> LoginRedirect::open(net::Loop& loop,
                                                                               std::string state) {
  std::unique_ptr<LoginRedirect> redirect(new LoginRedirect(loop, std::move(state)));
  LoginRedirect* const self = redirect.get();
  io::Result<std::unique_ptr<net::Listener>> listener = net::Listener::open(
      loop, {"127.0.0.1", 0},
      [self](std::unique_ptr<io::Stream> stream, const io::Peer& /*peer*/) {
        self->browsers_.spawn(self->serve(std::move(stream)));
      },
      [](std::string_view /*trouble*/) {});
  if (!listener) {
    return std::unexpected(std::move(listener.error().detail));
  }
  redirect->listener_ = *std::move(listener);
  redirect->input_ = std::make_unique<net::StandardInput>(loop, [self](std::string line) {
    self->take(line, true);
    wipe(line);
  });
  return redirect;
}

LoginRedirect::LoginRedirect(net::Loop& loop, std::string state)
    : loop_(loop), state_(std::move(state)), news_(loop), browsers_(loop) {}

std::string LoginRedirect::uri(std::string_view host) const {
  return fmt::format("http://{}:{}/", host, listener_->port());
}

bool LoginRedirect::take(std::string_view address, bool typed) {
  if (code_ || address.empty()) {
    return false;
  }
  oauth::TokenResult<Redacted> code = oauth::code_in_redirect(address, state_);
  const bool ours = code || !code.error().error.empty();
  if (ours) {
    code_ = std::move(code);
    news_.notify();
  } else if (typed) {
    fmt::print("{}.\n", oauth::sentence(code.error()));
    std::fflush(stdout);
  }
  return ours;
}

io::Task<void> LoginRedirect::serve(std::unique_ptr<io::Stream> stream) {
  http::Visit visit(std::move(stream), listener_->port(), loop_.now() + kBrowser, closing_);
  const io::Result<Redacted> target = co_await visit.target();
  if (!target) {
    co_return;
  }
  ++answering_;
  const bool ours = take(target->reveal(), false);
  static_cast<void>(co_await visit.answer(ours ? 200 : 404,
                                          ours ? "Done. You may close this window."
                                               : "This is not the end of a login of truerelay's."));
  --answering_;
  news_.notify();
}

io::Task<oauth::TokenResult<Redacted>> LoginRedirect::code(io::Time until,
                                                           io::Cancellation& cancellation) {
  struct Alarm final : io::Timer {
    Alarm(io::Clock& clock, io::Event& event) : Timer(clock), news(event) {}
    void expire() override { news.notify(); }
    io::Event& news;
  };
  Alarm alarm(loop_, news_);
  while (!code_ && loop_.now() < until && !cancellation.requested()) {
    alarm.arm(std::min(until, loop_.now() + kLook));
    co_await news_.wait();
  }
  if (!code_) {
    co_return std::unexpected(oauth::TokenFailure{
        .permanent = true, .cause = "nobody logged in in time", .remedy = "Begin the login anew"});
  }
  co_return *std::exchange(code_, std::nullopt);
}

io::Task<void> LoginRedirect::close() {
  listener_->stop();
  input_.reset();
  while (answering_ > 0) {
    co_await news_.wait();
  }
  closing_.cancel();  // Browsers also open connections to say nothing on them.
  co_await browsers_.finished();
}

}  // namespace truerelay::cli
