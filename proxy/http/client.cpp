#include "http/client.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/buffer.h"
#include "http/parsers.h"
#include "io/close_on_cancel.h"
#include "io/stream.h"

namespace truerelay::http {
namespace {

using Kind = io::Failure::Kind;

bool printable_line(std::string_view text) { return std::ranges::none_of(text, ascii_control); }

bool proper(const Request& request) {
  return printable_line(request.authorization.reveal()) &&
         std::ranges::all_of(request.headers, [](const Header& header) {
           return printable_line(header.name) && printable_line(header.value);
         });
}

Redacted text_of(const Request& request) {
  const bool posts = request.method == Method::post;
  std::string header = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: truerelay/{}\r\nConnection: close\r\n",
      posts ? "POST" : "GET", request.url.target, request.url.authority(), TRUERELAY_VERSION);
  for (const Header& each : request.headers) {
    header += fmt::format("{}: {}\r\n", each.name, each.value);
  }
  if (posts) {
    header += fmt::format("Content-Length: {}\r\n", request.body.reveal().size());
  }
  constexpr std::string_view kAuthorization = "Authorization: ";
  std::string text;
  text.reserve(header.size() + kAuthorization.size() + request.authorization.reveal().size() + 4 +
               request.body.reveal().size());  // Growing would leave copies of secrets behind.
  text += header;
  if (!request.authorization.empty()) {
    text += kAuthorization;
    text += request.authorization.reveal();
    text += "\r\n";
  }
  text += "\r\n";
  text += posts ? request.body.reveal() : std::string_view();
  return Redacted(std::move(text));
}

std::unexpected<io::Failure> failed(const io::Failure& why, const Url& url) {
  const std::string where = fmt::format("{} port {}", url.host, url.port);
  switch (why.kind) {
    case Kind::malformed:
    case Kind::too_long:
      return io::fail(why.kind,
                      fmt::format("the answer of {} cannot be used: {}", where, why.detail));
    case Kind::timed_out:
      return io::fail(why.kind, fmt::format("{} gave no complete answer in time", where));
    default:
      return io::fail(why.kind, fmt::format("{} gave no complete answer: {}", where, why.detail));
  }
}

// Until the answer is complete.
io::Task<io::Result<Response>> receive(io::Stream& stream, std::size_t longest_body) {
  ResponseParser parser(longest_body);
  while (!parser.complete()) {
    Buffer arrived;
    const io::Result<std::size_t> count = co_await stream.read(arrived, kLongestHeader);
    if (!count) {
      co_return std::unexpected(count.error());
    }
    const io::Result<void> taken = *count == 0 ? parser.end() : parser.take(arrived.readable());
    arrived.wipe();
    if (!taken && *count == 0) {
      co_return io::fail(Kind::closed, "the connection ended too early");
    }
    if (!taken) {
      co_return std::unexpected(taken.error());
    }
  }
  co_return parser.answer();
}

}  // namespace

io::Task<io::Result<Response>> Client::send(Request request, io::Time deadline,
                                            io::Cancellation& cancellation,
                                            std::size_t longest_body) {
  if (!proper(request)) {
    co_return io::fail(Kind::malformed, "a header of the request holds a control byte");
  }
  const Url& url = request.url;
  io::Endpoint endpoint{url.host, url.port};
  io::Result<io::Connection> dialed =
      co_await dialer_.dial(std::move(endpoint), deadline, cancellation);
  if (!dialed) {
    co_return std::unexpected(std::move(dialed.error()));
  }
  std::unique_ptr<io::Stream> stream = std::move(dialed->stream);
  if (cancellation.requested()) {
    co_return io::fail(Kind::cancelled, "the request was given up");
  }
  stream->set_deadline(deadline);
  io::CloseOnCancel stop(cancellation, *stream);
  if (url.secure) {
    io::Result<io::SecuredStream> secured = co_await tls_.secure(std::move(stream), url.host);
    if (!secured) {
      co_return std::unexpected(std::move(secured.error()));
    }
    stream = std::move(secured->stream);
    stop.watch(*stream);
  }
  const Redacted text = text_of(request);
  const io::Result<void> written = co_await stream->write(text.reveal());
  if (!written) {
    co_return failed(written.error(), url);
  }
  io::Result<Response> answer = co_await receive(*stream, longest_body);
  if (!answer) {
    co_return failed(answer.error(), url);
  }
  co_return answer;
}

}  // namespace truerelay::http
