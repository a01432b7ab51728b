#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "io/tls.h"

namespace truerelay::tls {

// The server's side of TLS for a listener (see io::TlsServer): TLS 1.2 and 1.3, with tickets for
// resumption. It outlives its handshakes; the streams that come of them may outlive it.
class ServerContext final : public io::TlsServer {
 public:
  // The certificate chain, the own certificate first, and its key, as PEM. They may be one file.
  // An error is a sentence: which file, why, and what to do.
  [[nodiscard]] static std::expected<std::unique_ptr<ServerContext>, std::string> load(
      const std::filesystem::path& certificate_file, const std::filesystem::path& key_file);
  // The same from memory.
  [[nodiscard]] static std::expected<std::unique_ptr<ServerContext>, std::string> parse(
      std::string_view certificate_pem, std::string_view key_pem);
  ~ServerContext() override;

  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain) override;

 private:
  struct Parts;
  explicit ServerContext(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::tls
