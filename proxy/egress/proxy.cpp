#include "egress/proxy.h"

#include <fmt/core.h>

#include "egress/place.h"

namespace truerelay::egress {

std::string Proxy::url() const {
  return fmt::format("{}://{}", protocol == Protocol::http ? "http" : "socks5",
                     place({host, port}));
}

std::string place(const io::Endpoint& endpoint) {
  return endpoint.host.contains(':') ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                                     : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

}  // namespace truerelay::egress
