#include "http/visit.h"

#include <fmt/core.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/buffer.h"

namespace truerelay::http {
namespace {

using Kind = io::Failure::Kind;

struct Verdict {
  int status;
  std::string_view words;
};

constexpr Verdict kMalformed{400, "That is no request that truerelay understands."};
constexpr Verdict kNotGet{405, "Only GET is answered here."};
constexpr Verdict kMisdirected{421, "This address is for programs on this machine."};
constexpr Verdict kTooLong{431, "The request is too long."};

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Bad Request";
  }
}

bool names_this_machine(const HeardRequest& request, std::uint16_t port) {
  constexpr std::array<std::string_view, 3> kHosts = {"127.0.0.1", "localhost", "[::1]"};
  std::string_view named;
  unsigned hosts = 0;
  for (const Header& header : request.headers) {
    if (ascii_equal(header.name, "Host")) {
      named = header.value;
      ++hosts;
    }
  }
  bool ours = false;
  for (const std::string_view host : kHosts) {
    ours = ours || ascii_equal(named, fmt::format("{}:{}", host, port)) ||
           (port == 80 && ascii_equal(named, host));
  }
  return hosts == 1 && ours;
}

// nullptr: it can be answered.
const Verdict* verdict_on(const HeardRequest& request, std::uint16_t port) {
  if (!names_this_machine(request, port)) {
    return &kMisdirected;
  }
  if (request.method != "GET") {
    return &kNotGet;
  }
  return request.target.reveal().starts_with('/') ? nullptr : &kMalformed;
}

}  // namespace

Visit::Visit(std::unique_ptr<io::Stream> stream, std::uint16_t port, io::Time deadline,
             io::Cancellation& cancellation)
    : stream_(std::move(stream)), port_(port), stop_(cancellation, *stream_) {
  stream_->set_deadline(deadline);
}

io::Task<io::Result<Redacted>> Visit::target() {
  io::Result<HeardRequest> request = co_await receive();
  const Verdict* verdict = nullptr;
  if (request) {
    verdict = verdict_on(*request, port_);
  } else if (request.error().kind == Kind::too_long) {
    verdict = &kTooLong;
  } else if (request.error().kind == Kind::malformed) {
    verdict = &kMalformed;
  } else {
    co_return std::unexpected(std::move(request.error()));
  }
  if (verdict != nullptr) {
    std::string words(verdict->words);
    const io::Result<void> answered = co_await answer(verdict->status, std::move(words));
    if (!answered) {
      co_return std::unexpected(answered.error());
    }
    co_return io::fail(
        verdict == &kTooLong ? Kind::too_long : Kind::malformed,
        fmt::format("a request was answered {} {}", verdict->status, reason_of(verdict->status)));
  }
  co_return std::move(request->target);
}

io::Task<io::Result<HeardRequest>> Visit::receive() {
  RequestParser parser(0);
  while (!parser.complete()) {
    Buffer arrived;
    const io::Result<std::size_t> count = co_await stream_->read(arrived, kLongestHeader);
    if (!count) {
      co_return std::unexpected(count.error());
    }
    if (*count == 0) {
      co_return io::fail(Kind::closed, "the browser closed the connection before its request");
    }
    const io::Result<void> taken = parser.take(arrived.readable());
    arrived.wipe();
    if (!taken) {
      co_return std::unexpected(taken.error());
    }
  }
  co_return parser.request();
}

io::Task<io::Result<void>> Visit::answer(int status, std::string text) {
  const std::string bytes = fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "Cache-Control: no-store\r\n"
      "Connection: close\r\n"
      "{}Content-Length: {}\r\n\r\n{}\n",
      status, reason_of(status), status == kNotGet.status ? "Allow: GET\r\n" : "", text.size() + 1,
      text);
  io::Result<void> written = co_await stream_->write(bytes);
  if (written) {
    stream_->shutdown();
  }
  co_return written;
}

}  // namespace truerelay::http
