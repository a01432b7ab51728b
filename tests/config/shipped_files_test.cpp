// What ships in conf/ is held against the code: the reference names every key with its type and
// default and no other, and every file loads.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/ascii.h"
#include "config/presets.h"
#include "config/schema.h"
#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

const std::filesystem::path kConf = CONF_FOLDER;

// The cells after the name, by the name.
using Rows = std::map<std::string, std::vector<std::string>>;

std::string without(std::string text, std::string_view signs) {
  std::erase_if(text, [&](char c) { return signs.contains(c); });
  return text;
}

// "| `a` | b | c | d |" -> {"a", "b", "c", "d"}
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::istringstream in(line);
  std::string cell;
  std::getline(in, cell, '|');
  while (std::getline(in, cell, '|')) {
    const std::size_t begin = cell.find_first_not_of(' ');
    const std::size_t end = cell.find_last_not_of(' ');
    all.push_back(begin == cell.npos ? "" : without(cell.substr(begin, end - begin + 1), "`"));
  }
  return all;
}

// The tables of keys and of presets in conf/README.md by their headings, in lower case and without
// backquotes.
std::map<std::string, Rows> reference() {
  std::map<std::string, Rows> tables;
  std::ifstream in(kConf / "README.md");
  std::string heading;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) {
      heading = ascii_lower(without(line.substr(line.find_first_not_of("# ")), "`"));
    } else if (line.starts_with("| `")) {
      const std::vector<std::string> row = cells(line);
      tables[heading][row.at(0)] = {row.begin() + 1, row.end()};
    }
  }
  return tables;
}

TEST(TheReference, NamesEveryKeyWithItsTypeAndDefaultAndNoOther) {
  auto tables = reference();
  for (const Table* table : all_tables()) {
    const std::string heading = ascii_lower(table->name);
    ASSERT_TRUE(tables.contains(heading)) << heading;
    Rows& rows = tables[heading];
    for (const Key& key : table->keys) {
      const std::string name(key.name);
      ASSERT_TRUE(rows.contains(name)) << heading << " " << name;
      ASSERT_EQ(rows[name].size(), 3U) << heading << " " << name;
      EXPECT_EQ(rows[name][0], key.type) << heading << " " << name;
      EXPECT_EQ(rows[name][1], key.fallback) << heading << " " << name;
      EXPECT_FALSE(rows[name][2].empty()) << heading << " " << name;
      rows.erase(name);
    }
    EXPECT_TRUE(rows.empty()) << heading << " " << (rows.empty() ? "" : rows.begin()->first);
  }
}

TEST(TheReference, NamesEveryPresetAsItIs) {
  const auto shown = [](unsigned limit) {
    return limit > 0 ? std::to_string(limit) : std::string("default");
  };
  auto rows = reference()["presets"];
  for (const Preset& preset : presets()) {
    const std::string name(preset.name);
    ASSERT_TRUE(rows.contains(name)) << name;
    const std::string host = preset.host.empty() ? rows[name].at(0) : std::string(preset.host);
    const std::string tls = preset.tls == Tls::implicit ? "implicit" : "starttls";
    EXPECT_EQ(rows[name], (Lines{host, std::to_string(preset.port), tls,
                                 shown(preset.max_connections), shown(preset.rate_per_minute)}))
        << name;
  }
  EXPECT_EQ(rows.size(), presets().size());
}

class TheDefaults : public ConfigurationFolder {
 protected:
  // "key = default" for each key of `table` that has one and is not among `left_out`.
  static std::string stated(const Table& table) {
    std::string text;
    for (const Key& key : table.keys) {
      if (key.fallback != "required" && key.fallback != "none" && key.fallback != "preset") {
        text += std::string(key.name) + " = " + std::string(key.fallback) + "\n";
      }
    }
    return text;
  }
};

TEST_F(TheDefaults, AreWhatTheReferenceSays) {
  const Config silent = load(main_file()).value();
  write("truerelay.toml", stated(top_table()) +
                              "[[listener]]\nname = \"erp\"\naddress = \"127.0.0.1:2525\"\n"
                              "upstream = \"office365\"\n" +
                              stated(listener_table()) + "[log]\n" + stated(log_table()) +
                              "[vault]\n" + stated(vault_table()));
  write_upstream(
      "preset = \"office365\"\nuser = \"erp@contoso.example\"\n"
      "password_file = \"office365.password\"\n" +
      stated(upstream_table()));
  ASSERT_EQ(warnings(), Lines{});
  const Config explicit_one = load(main_file()).value();
  EXPECT_EQ(silent.drain_timeout, explicit_one.drain_timeout);
  EXPECT_EQ(silent.log.format, explicit_one.log.format);
  EXPECT_EQ(silent.log.level, explicit_one.log.level);
  EXPECT_EQ(silent.log.max_size, explicit_one.log.max_size);
  EXPECT_EQ(silent.log.keep, explicit_one.log.keep);
  EXPECT_EQ(silent.vault.file, explicit_one.vault.file);
  EXPECT_EQ(silent.vault.key_file, explicit_one.vault.key_file);
  const Listener& a = silent.listeners.at(0);
  const Listener& b = explicit_one.listeners.at(0);
  EXPECT_EQ(a.allow, b.allow);
  EXPECT_EQ(a.reject_bare_line_ends, b.reject_bare_line_ends);
  EXPECT_EQ(a.tls, b.tls);
  EXPECT_EQ(a.auth, b.auth);
  EXPECT_EQ(a.max_clients, b.max_clients);
  EXPECT_EQ(a.command_timeout, b.command_timeout);
  EXPECT_EQ(a.data_timeout, b.data_timeout);
  EXPECT_EQ(a.duplicate_window, b.duplicate_window);
  const Upstream& c = silent.upstreams.at(0);
  const Upstream& d = explicit_one.upstreams.at(0);
  EXPECT_EQ(c.verify, d.verify);
  EXPECT_EQ(c.min_tls, d.min_tls);
  EXPECT_EQ(c.auth, d.auth);
  EXPECT_EQ(c.eager_mail, d.eager_mail);
  EXPECT_EQ(c.chunking, d.chunking);
  EXPECT_EQ(c.max_messages_per_connection, d.max_messages_per_connection);
  EXPECT_EQ(c.idle_close, d.idle_close);
  EXPECT_EQ(c.keep_warm, d.keep_warm);
  EXPECT_EQ(c.patience, d.patience);
  EXPECT_EQ(c.replay_buffer, d.replay_buffer);
  EXPECT_EQ(c.replay_file, d.replay_file);
  EXPECT_EQ(c.connect_timeout, d.connect_timeout);
  EXPECT_EQ(c.reply_timeout, d.reply_timeout);
  EXPECT_EQ(c.data_timeout, d.data_timeout);
  EXPECT_EQ(c.final_reply_timeout, d.final_reply_timeout);
}

// The secret is the one thing that does not ship.
TEST(TheExample, LoadsAsItStandsAndAsksForThePassword) {
  const auto config = load(kConf / "truerelay.toml");
  ASSERT_TRUE(config) << describe(config.error().front());
  ASSERT_EQ(config->listeners.size(), 1U);
  EXPECT_EQ(config->listeners[0].upstream, "office365");
  EXPECT_TRUE(config->listeners[0].address.at(0).host.starts_with("127."));
  for (const Error& warning : config->warnings) {
    EXPECT_NE(warning.message.find("office365.password"), std::string::npos) << warning.message;
  }
}

TEST(TheExample, HasAFileForEveryPreset) {
  const auto config = load(kConf / "truerelay.toml");
  ASSERT_TRUE(config) << describe(config.error().front());
  for (const Preset& preset : presets()) {
    const auto upstream = std::ranges::find(config->upstreams, preset.name, &Upstream::name);
    ASSERT_NE(upstream, config->upstreams.end()) << preset.name;
    EXPECT_EQ(upstream->port, preset.port) << preset.name;
    EXPECT_TRUE(preset.host.empty() || upstream->host == preset.host) << preset.name;
  }
}

// The lines that are commented out are there to be switched on: they must be right as well.
TEST(TheExample, MentionsNoKeyThatIsUnknown) {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kConf)) {
    if (entry.path().extension() != ".toml") {
      continue;
    }
    const bool main = entry.path().filename() == "truerelay.toml";
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      const std::size_t end = line.find_first_of(" =");
      if (!line.starts_with('#') || line.starts_with("# ") || !line.contains('=')) {
        continue;
      }
      const std::string key = line.substr(1, end - 1);
      bool known = false;
      for (const Table* table : all_tables()) {
        known = known || ((table == &upstream_table()) != main &&
                          std::ranges::find(table->keys, key, &Key::name) != table->keys.end());
      }
      EXPECT_TRUE(known) << entry.path() << ": " << line;
      ++seen;
    }
  }
  EXPECT_GT(seen, 5U);
}

}  // namespace
}  // namespace truerelay::config
