#pragma once

#include "base/buffer.h"
#include "tls/boringssl_compat.h"

namespace truerelay::tls {

// The encrypted side of a TLS connection: BoringSSL takes what it reads from `in` and appends what
// it writes to `out`. Whoever owns this moves the bytes from and to the network.
//
// Both give their memory back when they are empty, so that a waiting connection holds none, and
// writing never blocks: one call of SSL_write encrypts all it is given.
struct Ciphertext {
  Buffer in;
  Buffer out;
};

// Makes `ssl` read and write there, and no longer where it did before. `ciphertext` outlives `ssl`
// or the next such call.
void connect(SSL& ssl, Ciphertext& ciphertext);

}  // namespace truerelay::tls
