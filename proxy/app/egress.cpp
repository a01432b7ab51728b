#include "app/egress.h"

#include "egress/proxy_dialer.h"
#include "platform/secret_file.h"

namespace truerelay::app {

egress::Proxy proxy_of(const config::Via& via) {
  return {via.socks5 ? egress::Proxy::Protocol::socks5 : egress::Proxy::Protocol::http, via.host,
          via.port, via.user};
}

std::unique_ptr<io::Dialer> dialer_via_proxy(const config::Upstream& upstream, io::Dialer& direct) {
  if (!upstream.via) {
    return nullptr;
  }
  return std::make_unique<egress::ProxyDialer>(
      direct, proxy_of(*upstream.via),
      [file = upstream.via->password_file] { return platform::read_secret_file(file); });
}

}  // namespace truerelay::app
