#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace truerelay::config {

// A configuration in a folder of its own, in which a test replaces what it is about. As it begins,
// it is right and without warnings.
class ConfigurationFolder : public testing::Test {
 protected:
  ConfigurationFolder()
      : folder_(std::filesystem::temp_directory_path() /
                ("truerelay-config-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(folder_ / "upstreams");
    write("truerelay.toml",
          "[[listener]]\n"
          "name = \"erp\"\n"
          "address = [\"127.0.0.1:2525\"]\n"
          "upstream = \"office365\"\n");
    write("upstreams/office365.toml",
          "preset = \"office365\"\n"
          "user = \"erp@contoso.example\"\n"
          "password_file = \"office365.password\"\n");
    write("upstreams/office365.password", "not looked at\n");
  }
  ~ConfigurationFolder() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  // The keys of one listener more, or instead, and of the one upstream.
  void write_listener(std::string_view keys) {
    write("truerelay.toml", "[[listener]]\n" + std::string(keys));
  }
  void write_upstream(std::string_view keys) { write("upstreams/office365.toml", keys); }

  [[nodiscard]] std::filesystem::path main_file() const { return folder_ / "truerelay.toml"; }

  // "upstreams/office365.toml:2:1: unknown key ..." for each error; none where it loads.
  [[nodiscard]] std::vector<std::string> errors() const {
    const auto config = load(main_file());
    return config ? std::vector<std::string>() : brief(config.error());
  }
  [[nodiscard]] std::vector<std::string> warnings() const {
    const auto config = load(main_file());
    return config ? brief(config->warnings) : errors();
  }
  // The one listener and the one upstream; a test that expects errors does not ask.
  [[nodiscard]] Listener listener() const { return load(main_file()).value().listeners.at(0); }
  [[nodiscard]] Upstream upstream() const { return load(main_file()).value().upstreams.at(0); }

  std::filesystem::path folder_;

 private:
  [[nodiscard]] std::vector<std::string> brief(const std::vector<Error>& all) const {
    std::vector<std::string> lines;
    for (const Error& error : all) {
      std::string line = error.file.lexically_relative(folder_).generic_string();
      if (error.line > 0) {
        line += ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
      }
      lines.push_back(line + ": " + error.message);
    }
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace truerelay::config
