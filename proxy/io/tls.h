#pragma once

#include <memory>
#include <string>

#include "io/failure.h"
#include "io/stream.h"
#include "io/task.h"

namespace truerelay::io {

// What was agreed in a handshake.
struct TlsFacts {
  std::string version;      // "TLSv1.3"
  std::string cipher;       // "TLS_AES_128_GCM_SHA256"
  bool resumed = false;     // The session of an earlier connection was taken up again.
  std::string certificate;  // The peer's: subject, issuer, notAfter; empty if it gave none.
};

struct SecuredStream {
  std::unique_ptr<Stream> stream;
  TlsFacts facts;
};

// The client's side of TLS, for one upstream: its trust, pins and minimum version.
class TlsClient {
 public:
  virtual ~TlsClient() = default;
  // Handshakes over `plain`, whose deadline must be set, and verifies that the peer is the host
  // (a DNS name or an address literal). Fails with tls_refused (the detail names the reason and the
  // certificate) or as the stream does; `plain` is closed then.
  virtual Task<Result<SecuredStream>> secure(std::unique_ptr<Stream> plain, std::string host) = 0;
};

// The server's side of TLS, for a listener.
class TlsServer {
 public:
  virtual ~TlsServer() = default;
  virtual Task<Result<SecuredStream>> secure(std::unique_ptr<Stream> plain) = 0;
};

}  // namespace truerelay::io
