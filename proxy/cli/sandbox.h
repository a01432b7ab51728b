#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace truerelay::cli {

struct SandboxRequest {
  std::uint16_t starttls_port = 2587;
  std::uint16_t implicit_port = 2465;
  std::filesystem::path certs = "certs/practice";
  std::filesystem::path mail = "sandbox-mail";
  std::string user = "practice@sandbox.invalid";
  std::filesystem::path password_file;  // Empty: any password is right.
};

// `truerelay sandbox`: the practice upstream on loopback, in the foreground.
int sandbox(const SandboxRequest& request);

// The recipients that order an outcome, for --help.
[[nodiscard]] std::string sandbox_orders();

}  // namespace truerelay::cli
