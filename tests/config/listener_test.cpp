#include <chrono>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRest = "name = \"erp\"\nupstream = \"office365\"\n";

class ListenerTest : public ConfigurationFolder {
 protected:
  // After name and upstream, from line 4.
  void with(std::string_view keys) { write_listener(std::string(kRest) + std::string(keys)); }
  // Likewise after address, from line 5.
  void on_loopback(std::string_view keys) {
    with("address = \"127.0.0.1:2525\"\n" + std::string(keys));
  }
};

TEST_F(ListenerTest, IsReadWithItsDefaults) {
  const Listener read = listener();
  EXPECT_EQ(read.name, "erp");
  ASSERT_EQ(read.address.size(), 1U);
  EXPECT_EQ(read.address[0].host, "127.0.0.1");
  EXPECT_EQ(read.address[0].port, 2525);
  EXPECT_EQ(read.upstream, "office365");
  EXPECT_EQ(read.allow, (Lines{"127.0.0.0/8", "::1"}));
  EXPECT_FALSE(read.reject_bare_line_ends);
  EXPECT_EQ(read.tls, Tls::none);
  EXPECT_EQ(read.max_clients, 2000U);
  EXPECT_EQ(read.command_timeout, 5min);
  EXPECT_EQ(read.data_timeout, 3min);
  EXPECT_EQ(read.duplicate_window, 30min);
  EXPECT_EQ(warnings(), Lines{});
}

TEST_F(ListenerTest, IsReadWithEverythingSaid) {
  write("relay.pem", "");
  write("relay.key", "");
  with(
      "address = [\"0.0.0.0:25\", \"[::1]:25\"]\n"
      "allow = [\"192.168.0.0/16\", \"::1\"]\n"
      "line_ends = \"reject\"\n"
      "tls = \"implicit\"\n"
      "certificate_file = \"relay.pem\"\n"
      "key_file = \"relay.key\"\n"
      "max_clients = 5\n"
      "command_timeout = \"500ms\"\n"
      "data_timeout = 90\n"
      "duplicate_window = \"2h\"\n");
  ASSERT_EQ(errors(), Lines{});
  const Listener read = listener();
  ASSERT_EQ(read.address.size(), 2U);
  EXPECT_EQ(read.address[1].host, "::1");
  EXPECT_EQ(read.allow, (Lines{"192.168.0.0/16", "::1"}));
  EXPECT_TRUE(read.reject_bare_line_ends);
  EXPECT_EQ(read.tls, Tls::implicit);
  EXPECT_EQ(read.certificate_file, folder_ / "relay.pem");
  EXPECT_EQ(read.key_file, folder_ / "relay.key");
  EXPECT_EQ(read.max_clients, 5U);
  EXPECT_EQ(read.command_timeout, 500ms);
  EXPECT_EQ(read.data_timeout, 90s);
  EXPECT_EQ(read.duplicate_window, 2h);
}

TEST_F(ListenerTest, WithASlipOfThePenIsToldTheNearestKey) {
  write_listener("name = \"erp\"\n  adress = \"127.0.0.1:2525\"\nupstream = \"office365\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:1:1: 'address' is missing, such as address = "
                             "[\"127.0.0.1:2525\"]",
                             "truerelay.toml:3:3: unknown key 'adress'; did you mean 'address'?"}));
}

TEST_F(ListenerTest, WithoutNameAndUpstreamIsToldAtItsHeader) {
  write("truerelay.toml", "# one\n\n  [[listener]]\naddress = \"127.0.0.1:2525\"\n");
  EXPECT_EQ(errors(),
            (Lines{"truerelay.toml:3:3: 'name' is missing; it stands in the log, such as name = "
                   "\"erp\"",
                   "truerelay.toml:3:3: 'upstream' is missing, such as upstream = \"office365\""}));
}

TEST_F(ListenerTest, OfAnUnknownUpstreamIsToldTheNearest) {
  write_listener("name = \"erp\"\naddress = \"127.0.0.1:2525\"\nupstream = \"ofice365\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:4:12: there is no upstream 'ofice365'; did you mean "
                             "'office365'?"}));
}

TEST_F(ListenerTest, OfAFarAwayUpstreamIsToldAllThereAre) {
  write("upstreams/zoo.toml", "host = \"zoo.example\"\nauth = \"none\"\n");
  write_listener("name = \"erp\"\naddress = \"127.0.0.1:2525\"\nupstream = \"postmark\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:4:12: there is no upstream 'postmark'; there is "
                             "office365, zoo"}));
}

TEST_F(ListenerTest, BeyondLoopbackMustSayWhoMayUseIt) {
  with("address = [\"[::1]:25\", \"192.168.1.5:25\"]\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:4:24: other machines can reach 192.168.1.5:25, so the "
                             "listener must say which of them may use it: allow = "
                             "[\"192.168.0.0/16\"]"}));
  for (const std::string_view everywhere : {"0.0.0.0:25", "[::]:25"}) {
    with("address = \"" + std::string(everywhere) + "\"\n");
    EXPECT_EQ(errors().size(), 1U) << everywhere;
  }
}

TEST_F(ListenerTest, OpenToEveryMachineIsAWarning) {
  for (const std::string_view network : {"0.0.0.0/0", "::/0"}) {
    with("address = \"0.0.0.0:25\"\nallow = [\"10.0.0.0/8\", \"" + std::string(network) + "\"]\n");
    EXPECT_EQ(warnings(), (Lines{"truerelay.toml:5:24: " + std::string(network) +
                                 " lets every machine that can reach this listener send mail in "
                                 "your name"}));
  }
}

TEST_F(ListenerTest, AllowsNetworksOnly) {
  on_loopback("allow = [\"10.0.0.0/33\", \"lan\"]\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:10: 'allow' must hold networks or addresses, such "
                             "as \"192.168.0.0/16\" or \"::1\"; \"10.0.0.0/33\" is none",
                             "truerelay.toml:5:25: 'allow' must hold networks or addresses, such "
                             "as \"192.168.0.0/16\" or \"::1\"; \"lan\" is none"}));
}

TEST_F(ListenerTest, AllowingNobodyIsAMistake) {
  on_loopback("allow = []\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:9: 'allow' must not be empty"}));
}

TEST_F(ListenerTest, RefusesAnAddressThatIsNone) {
  with("address = [\"localhost:25\"]\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:4:12: 'address' must hold addresses with a port, such "
                             "as \"127.0.0.1:2525\" or \"[::1]:25\"; \"localhost:25\" is none"}));
}

TEST_F(ListenerTest, RefusesWrongTypes) {
  with("address = [25]\nmax_clients = \"many\"\ntls = true\ncommand_timeout = true\n");
  EXPECT_EQ(errors(),
            (Lines{"truerelay.toml:4:12: 'address' must hold strings; this is a whole number",
                   "truerelay.toml:5:15: 'max_clients' must be a whole number, such as 100000; "
                   "this is a string",
                   "truerelay.toml:6:7: 'tls' must be a string, such as \"none\"; this is true or "
                   "false",
                   "truerelay.toml:7:19: 'command_timeout' must be a duration, such as \"30s\", "
                   "\"5m\", \"500ms\" or \"1h\""}));
}

TEST_F(ListenerTest, RefusesWhatIsOutOfRange) {
  on_loopback("max_clients = 0\ncommand_timeout = \"25h\"\ndata_timeout = \"1ms\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:15: 'max_clients' must be from 1 to 100000",
                             "truerelay.toml:6:19: 'command_timeout' must be from 100ms to 24h",
                             "truerelay.toml:7:16: 'data_timeout' must be from 100ms to 24h"}));
}

TEST_F(ListenerTest, LooksForDuplicatesUnlessTheWindowIsNought) {
  on_loopback("duplicate_window = 0\n");
  EXPECT_EQ(listener().duplicate_window, 0s);
  on_loopback("duplicate_window = \"25h\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:20: 'duplicate_window' must be from 0s to 24h"}));
}

TEST_F(ListenerTest, ProposesTheNearestWordOfAChoice) {
  on_loopback("line_ends = \"normalise\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:13: 'line_ends' must be one of \"normalize\", "
                             "\"reject\"; did you mean 'normalize'?"}));
}

TEST_F(ListenerTest, WithTlsNeedsCertificateAndKey) {
  on_loopback("tls = \"starttls\"\ncertificate_file = \"missing.pem\"\n");
  EXPECT_EQ(errors(),
            (Lines{"truerelay.toml:1:1: 'key_file' is missing: TLS towards the client needs a "
                   "certificate and its key, as PEM files",
                   "truerelay.toml:6:20: there is no file " + (folder_ / "missing.pem").string()}));
}

TEST_F(ListenerTest, WithoutTlsHasNoUseForACertificate) {
  write("relay.pem", "");
  on_loopback("certificate_file = \"relay.pem\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:20: 'certificate_file' needs tls = \"starttls\" or "
                             "tls = \"implicit\""}));
}

TEST_F(ListenerTest, HasANameOfItsOwnAndAddressesOfItsOwn) {
  write("truerelay.toml",
        "[[listener]]\nname = \"a\"\naddress = \"127.0.0.1:2525\"\nupstream = \"office365\"\n"
        "[[listener]]\nname = \"a\"\naddress = \"127.0.0.1:2525\"\nupstream = \"office365\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:5:1: address 127.0.0.1 port 2525 is given twice",
                             "truerelay.toml:5:1: there is another listener named 'a'"}));
}

TEST_F(ListenerTest, HasANameThatCanStandInALog) {
  write_listener("name = \"My ERP\"\naddress = \"127.0.0.1:1\"\nupstream = \"office365\"\n");
  EXPECT_EQ(errors(), (Lines{"truerelay.toml:2:8: 'name' must be of lower-case letters, digits, - "
                             "and _, at most 64 of them"}));
}

}  // namespace
}  // namespace truerelay::config
