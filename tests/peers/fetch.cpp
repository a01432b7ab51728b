// The HTTP client as a program, for tests against real servers and proxies:
//   fetch CA_FILE URL [VIA]      posts its standard input, or gets where there is none
// Prints the status and then the body; or what failed, and exits with 1.

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "config/via.h"
#include "egress/proxy_dialer.h"
#include "http/client.h"
#include "io/scope.h"
#include "net/loop.h"
#include "net/tcp_dialer.h"
#include "tls/client_context.h"
#include "tls/trust_store.h"

namespace truerelay {
namespace {

io::Task<void> fetch(net::Loop& loop, io::Dialer& dialer, io::TlsClient& tls, http::Request request,
                     int& status) {
  io::Cancellation never;
  http::Client client(dialer, tls);
  io::Result<http::Response> answer =
      co_await client.send(std::move(request), loop.now() + std::chrono::seconds(5), never);
  if (answer) {
    fmt::print("{}\n{}", answer->status, answer->body.reveal());
    status = 0;
  } else {
    fmt::print("{}\n", answer.error().detail);
  }
  loop.stop();
}

int run(const std::string& ca_file, const std::string& url, const std::string& via) {
  http::Request request;
  request.url = http::parse_url(url).value();
  request.body = Redacted(std::string(std::istreambuf_iterator<char>(std::cin), {}));
  request.method = request.body.empty() ? http::Method::get : http::Method::post;
  const auto tls =
      tls::ClientContext::create({.trust = tls::TrustStore::load(ca_file).value()}).value();
  net::Loop loop;
  net::TcpDialer direct(loop);
  std::unique_ptr<io::Dialer> through;
  if (!via.empty()) {
    const config::Via proxy = config::parse_via(via).value();
    through = std::make_unique<egress::ProxyDialer>(
        direct,
        egress::Proxy{
            proxy.socks5 ? egress::Proxy::Protocol::socks5 : egress::Proxy::Protocol::http,
            proxy.host, proxy.port},
        egress::PasswordOf());
  }
  int status = 1;
  io::Scope scope(loop);
  scope.spawn(fetch(loop, through ? *through : direct, *tls, std::move(request), status));
  loop.run();
  return status;
}

}  // namespace
}  // namespace truerelay

int main(int count, char** arguments) {
  if (count < 3) {
    return 2;
  }
  return truerelay::run(arguments[1], arguments[2], count > 3 ? arguments[3] : "");
}
