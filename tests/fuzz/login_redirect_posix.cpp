// What listens for the browser at the end of "truerelay login", on a real socket of this machine:
// only the address with the state of this login counts, asked of this machine by name, and each
// visitor gets one short page. In the input PORT stands for the port, which the system chooses.
// Standard input must be closed or empty (</dev/null).

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "cli/login_redirect.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/unescaped.h"

namespace truerelay::fuzz {
namespace {

constexpr const char* kState = "the-state-of-this-login";

struct Visit {
  std::string told;
  std::optional<oauth::TokenResult<Redacted>> code;
};

std::uint16_t port_of(const std::string& uri) {
  const std::size_t colon = uri.rfind(':');
  std::uint16_t port = 0;
  std::from_chars(uri.data() + colon + 1, uri.data() + uri.size(), port);
  return port;
}

std::string with_port(std::string_view input, const std::string& port) {
  constexpr std::string_view kPlace = "PORT";
  std::string out;
  while (true) {
    const std::size_t place = input.find(kPlace);
    out += input.substr(0, place);
    if (place == std::string_view::npos) {
      return out;
    }
    out += port;
    input.remove_prefix(place + kPlace.size());
  }
}

bool asks_this_machine(std::string_view says, const std::string& port) {
  const std::string lower = ascii_lower(says);
  constexpr std::array<std::string_view, 3> kHosts = {"127.0.0.1:", "localhost:", "[::1]:"};
  constexpr std::string_view kHeader = "\nhost:";
  const std::size_t header = lower.find(kHeader);
  return header != std::string::npos && lower.find(kHeader, header + 1) == std::string::npos &&
         std::ranges::any_of(kHosts, [&](std::string_view host) {
           return lower.find(std::string(host) + port, header) != std::string::npos;
         });
}

bool is_one_page(std::string_view told) {
  constexpr std::array<std::string_view, 6> kPages = {"200 OK",
                                                      "400 Bad Request",
                                                      "404 Not Found",
                                                      "405 Method Not Allowed",
                                                      "421 Misdirected Request",
                                                      "431 Request Header Fields Too Large"};
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  return told.starts_with(kVersion) && told.find(kVersion, 1) == std::string_view::npos &&
         std::ranges::any_of(kPages, [&](std::string_view page) {
           return told.substr(kVersion.size()).starts_with(std::string(page) + "\r\n");
         });
}

io::Task<void> visit(net::Loop& loop, cli::LoginRedirect& redirect, std::string_view says,
                     Visit& visit) {
  net::TcpDialer dialer(loop);
  io::Cancellation never;
  io::Endpoint place{"127.0.0.1", port_of(redirect.uri("127.0.0.1"))};
  io::Result<io::Connection> dialed =
      co_await dialer.dial(std::move(place), loop.now() + std::chrono::seconds(10), never);
  require(dialed.has_value(), "the port of the redirect can be reached");
  const std::unique_ptr<io::Stream> stream = std::move(dialed->stream);
  stream->set_deadline(loop.now() + std::chrono::seconds(5));
  bool open = true;
  for (const std::string_view piece : drawn_pieces(says, 3000)) {
    const io::Result<void> written = co_await stream->write(piece);
    open = open && written;
  }
  if (open) {
    stream->shutdown();
  }
  Buffer buffer;
  while (open) {
    const io::Result<std::size_t> count = co_await stream->read(buffer);
    open = count && *count > 0;
  }
  visit.told = buffer.readable();
  io::Cancellation cancelled;
  cancelled.cancel();
  oauth::TokenResult<Redacted> code = co_await redirect.code(loop.now(), cancelled);
  visit.code.emplace(std::move(code));
  co_await redirect.close();
}

}  // namespace

void run(std::string_view input) {
  net::Loop loop;
  auto redirect = cli::LoginRedirect::open(loop, kState);
  require(redirect.has_value(), "a port is free");
  const std::string port = std::to_string(port_of((*redirect)->uri("127.0.0.1")));
  const std::string says = with_port(input, port);
  Visit found;
  {
    io::Scope scope(loop);
    scope.spawn(visit(loop, **redirect, says, found));
    loop.run();
    require(scope.running() == 0, "a visit ends");
  }
  require(found.code.has_value(), "and then it is known what came of it");
  require(found.told.empty() || is_one_page(found.told), "a visitor gets one page");
  if (*found.code) {
    require(found.told.starts_with("HTTP/1.1 200 OK\r\n"), "whoever brought the code is told so");
    require(asks_this_machine(says, port), "this machine was asked for it, and no other as well");
    require(unescaped(says).contains("state=" + std::string(kState)), "the state was in it");
    require(unescaped(says).contains((*found.code)->reveal()), "and the code");
  }
}

}  // namespace truerelay::fuzz
