// SIGHUP: the configuration is read again while the service runs.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/app/reload_scene.h"
#include "tests/app/smtp_socket.h"

namespace truerelay::app {
namespace {

constexpr const char* kChanged = "421 4.3.2 The settings of truerelay have changed; connect again";
constexpr std::string_view kNothing = "no upstream and no listener has changed";
constexpr std::string_view kRefused = "does not come into force";

using Reload = ReloadScene;

testing::AssertionResult holds(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos
             ? testing::AssertionSuccess() << text
             : testing::AssertionFailure() << "it is: " << text;
}

TEST_F(Reload, AnUnchangedConfigurationDisturbsNobodyAndCostsNoLogin) {
  write_main("drain_timeout = \"0s\"");
  RunningEngine engine(config());
  SmtpSocket client(port_);
  EXPECT_TRUE(client.deliver("a@example.net").starts_with("250 "));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(holds(reload(), kNothing));
  }
  client.send("MAIL FROM:<erp@example.org>\r\nRCPT TO:<b@example.net>\r\n");
  EXPECT_TRUE(client.hear().starts_with("250 "));
  EXPECT_TRUE(client.hear().starts_with("250 "));
  EXPECT_EQ(count_of(log(), "is ready at"), 1U);
}

TEST_F(Reload, ErrorsAreNamedWithTheirPlacesAndTheFormerConfigurationHolds) {
  RunningEngine engine(config());
  write_main("drain_timeout = \"soon\"", "max_clients = \"many\"");
  write_upstream("patience = 7.5");
  const std::string lines = reload();
  EXPECT_TRUE(holds(lines, kRefused));
  EXPECT_TRUE(holds(lines, "has 3 errors"));
  EXPECT_TRUE(holds(lines, "truerelay.toml:1:17: error: "));
  EXPECT_TRUE(holds(lines, "truerelay.toml:6:15: error: "));
  EXPECT_TRUE(holds(lines, "practice.toml:7:12: error: "));
  EXPECT_TRUE(deliver().starts_with("250 "));
  write_main();
  write_upstream();
  EXPECT_TRUE(holds(reload(), kNothing));
}

TEST_F(Reload, AMainFileThatIsNotThereChangesNothing) {
  RunningEngine engine(config());
  std::filesystem::remove(installation_.path("truerelay.toml"));
  EXPECT_TRUE(holds(reload(), kRefused));
  EXPECT_TRUE(deliver().starts_with("250 "));
}

TEST_F(Reload, AFileThatIsOfNoUseIsAnErrorToo) {
  RunningEngine engine(config());
  installation_.write("certs/ca.pem", "This is no certificate.\n");
  const std::string lines = reload();
  EXPECT_TRUE(holds(lines, kRefused));
  EXPECT_TRUE(holds(lines, "practice.toml: error: Upstream practice: "));
  EXPECT_TRUE(deliver().starts_with("250 "));
}

TEST_F(Reload, AddressesAreOpenedAndClosedAndThoseThatStayAreNeverClosed) {
  const std::uint16_t other = free_port();
  const std::string second = fmt::format(
      "[[listener]]\nname = \"office\"\naddress = [\"127.0.0.1:{}\"]\nupstream = \"practice\"\n",
      other);
  RunningEngine engine(config());
  EXPECT_FALSE(can_connect(other));
  write_main(second);
  EXPECT_TRUE(holds(reload(), "in force: new or changed: listener office"));
  EXPECT_TRUE(can_connect(other));
  EXPECT_TRUE(can_connect(port_));
  write_main();
  EXPECT_TRUE(holds(reload(), "in force: gone: listener office"));
  EXPECT_FALSE(can_connect(other));
  EXPECT_TRUE(can_connect(port_));
}

TEST_F(Reload, AnAddressPassesFromOneListenerToAnother) {
  RunningEngine engine(config());
  SmtpSocket before(port_);
  EXPECT_TRUE(before.hear().starts_with("220 "));
  std::string text = installation_.read("truerelay.toml");
  text.replace(text.find("\"erp\""), 5, "\"office\"");
  installation_.write("truerelay.toml", text);
  EXPECT_TRUE(holds(reload(), "new or changed: listener office; gone: listener erp"));
  EXPECT_TRUE(deliver().starts_with("250 "));
  EXPECT_TRUE(log_comes_to_hold(" listener=office "));
}

TEST_F(Reload, WhereAnAddressCannotBeHadNothingChangesAtAll) {
  RunningEngine engine(config());
  const OccupiedPort occupied;
  const std::uint16_t free = free_port();
  write_main(fmt::format("[[listener]]\nname = \"office\"\n"
                         "address = [\"127.0.0.1:{}\", \"127.0.0.1:{}\"]\n"
                         "upstream = \"practice\"\n",
                         free, occupied.port()),
             "max_clients = 1");
  const std::string lines = reload();
  EXPECT_TRUE(holds(lines, kRefused));
  EXPECT_TRUE(holds(lines, fmt::format("error: Listener office: cannot listen on 127.0.0.1:{}: ",
                                       occupied.port())));
  EXPECT_FALSE(can_connect(free));
  EXPECT_TRUE(deliver().starts_with("250 "));
}

TEST_F(Reload, FromAnAddressToAllAddressesOfItsPortItTakesARestartAndTheLogSaysSo) {
  RunningEngine engine(config());
  std::string text = installation_.read("truerelay.toml");
  text.replace(text.find("127.0.0.1"), 9, "0.0.0.0");
  text.insert(text.find("[log]"), "allow = [\"127.0.0.0/8\"]\n");
  installation_.write("truerelay.toml", text);
  EXPECT_TRUE(
      holds(reload(), fmt::format("truerelay itself listens at 127.0.0.1:{} still", port_)));
  EXPECT_TRUE(deliver().starts_with("250 "));
}

TEST_F(Reload, ASessionUnderWayEndsWithTheSettingsThatItBeganWith) {
  write_main("drain_timeout = \"1h\"");
  RunningEngine engine(config());
  SmtpSocket before(port_);
  EXPECT_TRUE(before.deliver("a@example.net").starts_with("250 "));
  write_main("drain_timeout = \"1h\"", "max_clients = 1");
  EXPECT_TRUE(holds(reload(), "new or changed: listener erp"));
  EXPECT_TRUE(before.say("NOOP").starts_with("250 "));
  SmtpSocket after(port_);
  EXPECT_TRUE(after.hear().starts_with("421 4.3.2 All client connections"))
      << "the one who is here counts";
}

TEST_F(Reload, WhenItsTimeIsOverAnIdleSessionHears421AndATransactionItsAnswerFirst) {
  write_main("drain_timeout = \"0s\"");
  RunningEngine engine(config());
  SmtpSocket idle(port_);
  EXPECT_TRUE(idle.hear().starts_with("220 "));
  SmtpSocket busy(port_);
  ASSERT_TRUE(busy.begin_data("a@example.net").starts_with("354"));
  write_upstream("patience = \"29s\"");
  EXPECT_TRUE(holds(reload(), "new or changed: upstream practice, listener erp"));
  EXPECT_EQ(idle.hear(), kChanged);
  EXPECT_EQ(idle.hear(), "");
  EXPECT_TRUE(busy.say("Subject: late\r\n\r\nReleased.\r\n.").starts_with("250 2.6.0 "));
  EXPECT_EQ(busy.hear(), kChanged);
  EXPECT_EQ(practice_.accepted(), 1U);
  EXPECT_TRUE(log_comes_to_hold("the last session with its former settings has ended"));
  EXPECT_TRUE(log_comes_to_hold("the last connection with its former settings is closed"));
}

TEST_F(Reload, TheLastOfTwoQuickReloadsWins) {
  RunningEngine engine(config());
  write_main("", "max_clients = 7");
  RunningEngine::ask_all_to_reload();
  write_main("", "max_clients = 1");
  RunningEngine::ask_all_to_reload();
  RunningEngine::ask_all_to_reload();
  EXPECT_TRUE(log_comes_to_hold("is in force"));
  reload();
  SmtpSocket first(port_);
  EXPECT_TRUE(first.hear().starts_with("220 "));
  SmtpSocket second(port_);
  EXPECT_TRUE(second.hear().starts_with("421 "));
}

TEST_F(Reload, AListenersRenewedCertificateIsTaken) {
  const Installation another;
  const std::string keys =
      "tls = \"starttls\"\ncertificate_file = \"listener.pem\"\nkey_file = \"listener.key\"\n";
  const auto put = [&](const Installation& from) {
    std::filesystem::copy_file(from.certificates().certificate_file,
                               installation_.path("listener.pem"),
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(from.certificates().key_file, installation_.path("listener.key"));
  };
  put(certified_);
  write_main("", keys);
  RunningEngine engine(config());
  EXPECT_TRUE(holds(reload(), kNothing));
  std::filesystem::remove(installation_.path("listener.key"));
  put(another);
  EXPECT_TRUE(holds(reload(), "new or changed: listener erp"));
}

TEST_F(Reload, WhatTakesARestartIsSaid) {
  RunningEngine engine(config());
  installation_.write("truerelay.toml",
                      installation_.read("truerelay.toml") + "format = \"json\"\n");
  EXPECT_TRUE(holds(reload(), "[log] or [vault] has changed: that takes a restart"));
}

TEST_F(Reload, AFallbackThatChangesChangesItsUpstream) {
  installation_.write(
      "upstreams/reserve.toml",
      fmt::format("host = \"localhost\"\nport = {}\ntls = \"none\"\nauth = \"none\"\n"
                  "fallback = \"practice\"\n",
                  practice_.ports().starttls));
  write_upstream("fallback = \"reserve\"");
  RunningEngine engine(config());
  EXPECT_TRUE(holds(reload(), kNothing));
  installation_.write("upstreams/reserve.toml",
                      installation_.read("upstreams/reserve.toml") + "patience = \"29s\"\n");
  EXPECT_TRUE(holds(reload(), "upstream practice, upstream reserve, listener erp"));
  EXPECT_TRUE(deliver().starts_with("250 "));
}

TEST_F(Reload, AMessageWhoseAnswerWasNotHeardIsKnownAfterwards) {
  RunningEngine engine(config());
  {
    SmtpSocket client(port_);
    ASSERT_TRUE(client.begin_data("slow-data-1s@example.net").starts_with("354"));
    client.send("Subject: test\r\n\r\nReleased.\r\n.\r\n");
  }
  write_upstream("patience = \"29s\"");
  EXPECT_TRUE(holds(reload(), "new or changed: upstream practice"));
  EXPECT_TRUE(deliver("slow-data-1s@example.net").starts_with("250 2.6.0 "));
  EXPECT_TRUE(log_comes_to_hold("duplicate=yes"));
  EXPECT_EQ(practice_.accepted(), 1U);
}

TEST_F(Reload, HardlyAnyTokenIsAskedForHoweverOftenTheUpstreamChanges) {
  const auto write = [&](int patience) {
    installation_.write(
        "upstreams/practice.toml",
        fmt::format("{}auth = \"xoauth2\"\npatience = \"{}s\"\n[oauth]\ntoken_command = "
                    "[\"/bin/sh\", \"-c\", \"echo asked >> {}; echo {}\"]\n",
                    upstream_without_login(), patience, installation_.path("asked").string(),
                    kToken));
  };
  write(1);
  RunningEngine engine(config());
  for (int i = 2; i < 22; ++i) {
    EXPECT_TRUE(deliver().starts_with("250 "));
    write(i);
    EXPECT_TRUE(holds(reload(), "new or changed: upstream practice"));
  }
  EXPECT_TRUE(deliver().starts_with("250 "));
  EXPECT_EQ(count_of(installation_.read("asked"), "asked"), 1U);
}

TEST_F(Reload, WhileItStopsNothingIsReadAgain) {
  write_main("drain_timeout = \"1h\"");
  RunningEngine engine(config());
  SmtpSocket client(port_);
  ASSERT_TRUE(client.begin_data("a@example.net").starts_with("354"));
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(log_comes_to_hold("stopping: "));
  RunningEngine::ask_all_to_reload();
  EXPECT_TRUE(log_comes_to_hold("is not read again, for truerelay is being stopped"));
  EXPECT_TRUE(client.say("Subject: late\r\n\r\nReleased.\r\n.").starts_with("250 2.6.0 "));
  EXPECT_TRUE(engine.has_ended());
}

TEST_F(Reload, AStopWhileFormerSettingsAreInUseSeesThoseSessionsOutToo) {
  write_main("drain_timeout = \"1h\"");
  RunningEngine engine(config());
  SmtpSocket client(port_);
  ASSERT_TRUE(client.begin_data("a@example.net").starts_with("354"));
  write_upstream("patience = \"29s\"");
  reload();
  RunningEngine::ask_all_to_stop();
  EXPECT_TRUE(engine.goes_on());
  EXPECT_TRUE(client.say("Subject: late\r\n\r\nReleased.\r\n.").starts_with("250 2.6.0 "));
  EXPECT_TRUE(client.hear().starts_with("421 4.3.2 truerelay is being stopped"));
  EXPECT_TRUE(engine.has_ended());
  EXPECT_EQ(practice_.accepted(), 1U);
}

TEST_F(Reload, AStopRightAfterAReloadEndsIt) {
  for (int i = 0; i < 10; ++i) {
    RunningEngine engine(config());
    write_upstream(fmt::format("patience = \"{}s\"", i + 1));
    RunningEngine::ask_all_to_reload();
    RunningEngine::ask_all_to_stop();
    EXPECT_TRUE(engine.has_ended());
  }
}

}  // namespace
}  // namespace truerelay::app
