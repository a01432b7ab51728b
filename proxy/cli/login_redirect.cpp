#include "cli/login_redirect.h"

#include <fmt/core.h>

#include <cstdio>
#include <utility>

#include "oauth/authorization.h"

namespace truerelay::cli {
namespace {

constexpr std::size_t kLongestRequest = std::size_t{16} * 1024;
constexpr io::Duration kBrowser = std::chrono::seconds(10);
constexpr io::Duration kLook = std::chrono::seconds(1);

std::string page(bool done) {
  const std::string_view text =
      done ? "Done. You may close this window." : "This is not the end of a login of truerelay's.";
  const std::string body =
      fmt::format("<!DOCTYPE html><meta charset=utf-8><title>truerelay</title><p>{}</p>\n", text);
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
      "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{}",
      done ? "200 OK" : "404 Not Found", body.size(), body);
}

// "/?code=..." of "GET /?code=... HTTP/1.1"
std::string_view target_of(std::string_view request) {
  const std::string_view line = request.substr(0, request.find("\r\n"));
  if (!line.starts_with("GET ")) {
    return {};
  }
  const std::string_view rest = line.substr(4);
  return rest.substr(0, rest.find(' '));
}

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
  redirect->input_ = std::make_unique<net::StandardInput>(
      loop, [self](std::string line) { self->take(line, true); });
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
  stream->set_deadline(loop_.now() + kBrowser);
  Buffer request;
  while (request.readable().find("\r\n\r\n") == std::string_view::npos &&
         request.size() < kLongestRequest) {
    const io::Result<std::size_t> count = co_await stream->read(request, kLongestRequest);
    if (!count || *count == 0) {
      co_return;
    }
  }
  const std::string answer = page(take(target_of(request.readable()), false));
  const io::Result<void> written = co_await stream->write(answer);
  if (written) {
    stream->shutdown();
  }
  // Until the browser has closed, too, lest it lose the page.
  while (written) {
    request.clear();
    const io::Result<std::size_t> count = co_await stream->read(request, kLongestRequest);
    if (!count || *count == 0) {
      co_return;
    }
  }
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
  co_await browsers_.finished();
}

}  // namespace truerelay::cli
