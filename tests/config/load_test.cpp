#include <chrono>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;
using Load = ConfigurationFolder;

const std::string kListener =
    "[[listener]]\nname = \"erp\"\naddress = \"127.0.0.1:2525\"\nupstream = \"office365\"\n";

TEST_F(Load, ReadsTheMainFileAndTheUpstreamsBesideIt) {
  write("upstreams/zoo.toml", "host = \"zoo.example\"\nauth = \"none\"\n");
  const auto config = load(main_file());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->file, main_file());
  EXPECT_EQ(config->listeners.size(), 1U);
  ASSERT_EQ(config->upstreams.size(), 2U);
  EXPECT_EQ(config->upstreams[0].name, "office365");
  EXPECT_EQ(config->upstreams[1].name, "zoo");
  EXPECT_EQ(config->drain_timeout, 30s);
  EXPECT_TRUE(config->warnings.empty());
}

TEST_F(Load, ReadsTheDrainTimeout) {
  write("truerelay.toml", "drain_timeout = 0\n" + kListener);
  EXPECT_EQ(load(main_file()).value().drain_timeout, 0s);
  write("truerelay.toml", "drain_timeout = \"2h\"\n" + kListener);
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:1:17: 'drain_timeout' must be from 0s to 1h"}));
}

TEST_F(Load, NamesEveryErrorOfEveryFileInTheirOrder) {
  write("truerelay.toml", "foo = 1\n" + kListener + "bar = 2\n");
  write("upstreams/aaa.toml", "host = \n");
  write("upstreams/office365.toml", "preset = \"office365\"\nauth = \"none\"\nfoo = 1\n");
  const Lines found = errors();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], "truerelay.toml:1:1: unknown key 'foo'");
  EXPECT_EQ(found[1], "truerelay.toml:6:1: unknown key 'bar'");
  EXPECT_TRUE(found[2].starts_with("upstreams/aaa.toml:1:")) << found[2];
  EXPECT_EQ(found[3], "upstreams/office365.toml:3:1: unknown key 'foo'");
}

TEST_F(Load, OfAnEmptyMainFileSaysWhatToAdd) {
  write("truerelay.toml", "");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml: there is no listener: add [[listener]] with name = "
                             "\"erp\", address = [\"127.0.0.1:2525\"] and upstream = "
                             "\"office365\""}));
}

TEST_F(Load, WithoutUpstreamsSaysWhatToAdd) {
  const Lines expected = {
      "upstreams: there is no upstream: put a file here, such as "
      "office365.toml with preset, user and secret"};
  std::filesystem::remove(folder_ / "upstreams" / "office365.toml");
  EXPECT_EQ(errors(), expected);
  std::filesystem::remove_all(folder_ / "upstreams");
  EXPECT_EQ(errors(), expected);
}

TEST_F(Load, OfAMissingMainFileIsAnError) {
  std::filesystem::remove(main_file());
  EXPECT_EQ(errors(), (Lines{"truerelay.toml: there is no such file; begin with a copy of "
                             "conf/truerelay.toml, or name another with --config FILE"}));
}

TEST_F(Load, WantsAListenerInTwoBrackets) {
  write("truerelay.toml", "[listener]\nname = \"erp\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:1:1: a listener begins with [[listener]], in two "
                             "brackets"}));
  write("truerelay.toml", "listener = [1]\n");
  EXPECT_EQ(errors().size(), 1U);
  write("truerelay.toml", "listener = []\n");
  EXPECT_EQ(errors().size(), 1U);
  write("truerelay.toml", kListener + "[[log]]\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:1: the log's keys stand below [log], in single "
                             "brackets"}));
}

TEST_F(Load, SaysThatAnUpstreamHasAFileOfItsOwn) {
  write("truerelay.toml", kListener + "[upstream.office365]\nhost = \"a\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:2: unknown key 'upstream'; an upstream has a file "
                             "of its own, upstreams/NAME.toml"}));
}

TEST_F(Load, RefusesAFileWhoseNameIsNoName) {
  write("upstreams/My Office.toml", "");
  EXPECT_EQ(errors(), (Lines{"upstreams/My Office.toml: the name of the file is that of the "
                             "upstream and must be of lower-case letters, digits, - and _, at most "
                             "64 of them"}));
}

TEST_F(Load, LeavesOtherFilesAlone) {
  write("upstreams/.#office365.toml", "= nonsense");
  write("upstreams/office365.toml.bak", "= nonsense");
  write("upstreams/README", "= nonsense");
  std::filesystem::create_directory(folder_ / "upstreams" / "old.toml");
  EXPECT_EQ(warnings(), Lines{});
}

TEST_F(Load, KnowsAnUpstreamWhoseFileIsWrong) {
  write("upstreams/office365.toml", "host = ");
  const Lines found = errors();
  ASSERT_EQ(found.size(), 1U);  // The listener is not told that there is no such upstream.
  EXPECT_TRUE(found[0].starts_with("upstreams/office365.toml:1:")) << found[0];
}

}  // namespace
}  // namespace truerelay::config
