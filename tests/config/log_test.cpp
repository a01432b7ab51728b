#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

class LogTable : public ConfigurationFolder {
 protected:
  // From line 6.
  void with(std::string_view keys) {
    write("truerelay.toml",
          "[[listener]]\nname = \"erp\"\naddress = \"127.0.0.1:2525\"\nupstream = \"office365\"\n"
          "[log]\n" +
              std::string(keys));
  }
};

TEST_F(LogTable, CanBeLeftOut) {
  const Log log = load(main_file()).value().log;
  EXPECT_EQ(log.file, "");
  EXPECT_EQ(log.format, LogFormat::text);
  EXPECT_EQ(log.level, LogLevel::info);
  EXPECT_EQ(log.max_size, 50U * 1024 * 1024);
  EXPECT_EQ(log.keep, 10U);
}

TEST_F(LogTable, IsReadWithEverythingSaid) {
  with(
      "file = \"logs/../relay.log\"\nformat = \"json\"\nlevel = \"debug\"\nmax_size = \"1MB\"\n"
      "keep = 0\n");
  ASSERT_EQ(errors(), Lines{});
  const Log log = load(main_file()).value().log;
  EXPECT_EQ(log.file, folder_ / "relay.log");
  EXPECT_EQ(log.format, LogFormat::json);
  EXPECT_EQ(log.level, LogLevel::debug);
  EXPECT_EQ(log.max_size, 1'000'000U);
  EXPECT_EQ(log.keep, 0U);
}

TEST_F(LogTable, RefusesWhatIsWrong) {
  with("format = \"xml\"\nlevel = \"warn\"\nmax_size = \"1KB\"\nkeep = 1001\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:6:10: 'format' must be one of \"text\", \"json\"",
                             "truerelay.toml:7:9: 'level' must be one of \"debug\", \"info\", "
                             "\"warning\", \"error\"; did you mean 'warning'?",
                             "truerelay.toml:8:12: 'max_size' must be from 64KiB to 100GiB",
                             "truerelay.toml:9:8: 'keep' must be from 0 to 1000"}));
}

TEST_F(LogTable, SaysWhereAKeyOfTheTopBelongs) {
  with("drain_timeout = \"10s\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:6:1: unknown key 'drain_timeout' in [log]; it belongs "
                             "to the top of the main file"}));
}

}  // namespace
}  // namespace truerelay::config
