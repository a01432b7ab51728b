#include "tests/app/installation.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

namespace truerelay::app {

Installation::Installation(std::uint16_t port, std::string_view tls)
    : folder_(std::filesystem::temp_directory_path() /
              fmt::format("truerelay-app-{:08x}", std::random_device{}())),
      certificates_(practice_certificates(folder_ / "certs").value()) {
  std::filesystem::create_directories(folder_ / "upstreams");
  write("truerelay.toml",
        "[[listener]]\n"
        "name = \"erp\"\n"
        "address = [\"127.0.0.1:2525\"]\n"
        "upstream = \"practice\"\n"
        "[log]\n"
        "file = \"truerelay.log\"\n");
  write("upstreams/practice.toml", fmt::format("host = \"localhost\"\n"
                                               "port = {}\n"
                                               "tls = \"{}\"\n"
                                               "ca_file = \"../certs/ca.pem\"\n"
                                               "user = \"{}\"\n"
                                               "password_file = \"practice.password\"\n",
                                               port, tls, kUser));
  write_password(kPassword);
}

Installation::~Installation() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

config::Config Installation::config() const {
  auto loaded = config::load(folder_ / "truerelay.toml");
  if (!loaded) {
    for (const config::Error& error : loaded.error()) {
      ADD_FAILURE() << config::describe(error);
    }
  }
  config::Config config = std::move(loaded.value());
  config.listeners.at(0).address.at(0).port = 0;
  return config;
}

void Installation::write(const std::string& name, std::string_view text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
}

std::string Installation::read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
  return text.str();
}

void Installation::write_password(std::string_view password) const {
  const std::string name = "upstreams/practice.password";
  write(name, fmt::format("{}\n", password));
  using std::filesystem::perms;
  std::filesystem::permissions(folder_ / name, perms::owner_read | perms::owner_write);
}

}  // namespace truerelay::app
