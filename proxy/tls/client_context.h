#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/tls.h"
#include "tls/trust_store.h"

namespace truerelay::tls {

enum class Version { tls12, tls13 };

// The client's side of TLS for one upstream (see io::TlsClient).
//
// It outlives its handshakes; the streams that come of them may outlive it. Sessions of earlier
// connections, the newest few, are kept in memory and taken up again for the same host.
class ClientContext final : public io::TlsClient {
 public:
  struct Settings {
    // Needed when `verify` holds. Contexts that use the same file share one.
    std::shared_ptr<const TrustStore> trust = {};
    bool verify = true;
    std::vector<std::string> pins = {};             // See spki_pin.h; empty: none is asked for.
    Version least = Version::tls12;                 // min_tls
    std::filesystem::path client_certificate = {};  // PEM with chain and key; empty: none.
    bool resumption = true;
  };

  // An error is a sentence: which file or setting, why, and what to do.
  [[nodiscard]] static std::expected<std::unique_ptr<ClientContext>, std::string> create(
      Settings settings);
  ~ClientContext() override;

  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain,
                                                 std::string host) override;

 private:
  struct Parts;
  explicit ClientContext(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::tls
