#pragma once

#include "tls/boringssl_compat.h"
#include "tls/trust_store.h"

namespace truerelay::tls {

// What BoringSSL keeps of a TrustStore. Contexts take a reference of their own.
struct TrustStore::Native {
  bssl::UniquePtr<X509_STORE> store;
};

}  // namespace truerelay::tls
