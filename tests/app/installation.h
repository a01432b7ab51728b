#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "app/practice_certificates.h"
#include "config/config.h"

namespace truerelay::app {

// An installation in a folder of its own: a configuration with one listener and one upstream, a
// password file, the practice certificates. The folder goes with it.
class Installation {
 public:
  // The upstream is localhost at `port`; `tls` as in its file: "starttls", "implicit".
  explicit Installation(std::uint16_t port = 1, std::string_view tls = "starttls");
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;
  ~Installation();

  // Loaded from the files, as the command line does it, and then listening at any free port.
  [[nodiscard]] config::Config config() const;

  void write(const std::string& name, std::string_view text) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  // Readable by the owner only.
  void write_password(std::string_view password) const;
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] const PracticeCertificates& certificates() const { return certificates_; }

 private:
  std::filesystem::path folder_;
  PracticeCertificates certificates_;
};

inline constexpr std::string_view kUser = "erp@example.org";
inline constexpr std::string_view kPassword = "correct horse";
inline constexpr std::string_view kToken = "ya29.practice";

}  // namespace truerelay::app
