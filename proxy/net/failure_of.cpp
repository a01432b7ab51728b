#include "net/failure_of.h"

#include <uv.h>

namespace truerelay::net {

io::Failure broken_connection(int error) {
  if (error == UV_ECONNRESET || error == UV_EPIPE) {
    return {io::Failure::Kind::reset, "the peer has closed the connection without notice"};
  }
  return {io::Failure::Kind::reset, "the connection broke: " + error_text(error)};
}

std::string error_text(int error) { return uv_strerror(error); }

}  // namespace truerelay::net
