#include "config/presets.h"

#include "config/values.h"
#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

using PresetTest = ConfigurationFolder;

TEST_F(PresetTest, GivesHostPortAndTls) {
  for (const Preset& preset : presets()) {
    const std::string host =
        preset.host.empty() ? "host = \"" + std::string(preset.example) + "\"\n" : "";
    write_upstream("preset = \"" + std::string(preset.name) + "\"\n" + host + "auth = \"none\"\n");
    ASSERT_EQ(warnings(), Lines{}) << preset.name;
    const Upstream read = upstream();
    EXPECT_EQ(read.host, preset.host.empty() ? preset.example : preset.host);
    EXPECT_EQ(fault_of_host(read.host), std::nullopt);
    EXPECT_EQ(read.port, preset.port);
    EXPECT_EQ(read.tls, preset.tls);
    EXPECT_NE(read.tls, Tls::none);
  }
}

TEST_F(PresetTest, OfOffice365IsPort587WithStarttls) {
  const Upstream read = upstream();
  EXPECT_EQ(read.host, "smtp.office365.com");
  EXPECT_EQ(read.port, 587);
  EXPECT_EQ(read.tls, Tls::starttls);
}

TEST_F(PresetTest, OfMicrosoftKeepsToTheLimitsOfAMailbox) {
  for (const std::string_view name : {"office365", "outlook"}) {
    write_upstream("preset = \"" + std::string(name) + "\"\nauth = \"none\"\n");
    EXPECT_EQ(upstream().max_connections, 3U) << name;
    EXPECT_EQ(upstream().rate_per_minute, 30U) << name;
  }
}

TEST_F(PresetTest, OfWhichNoLimitsAreKnownHasTheUsualOnes) {
  write_upstream("preset = \"gmail\"\nauth = \"none\"\n");
  EXPECT_EQ(upstream().max_connections, Upstream().max_connections);
  EXPECT_EQ(upstream().rate_per_minute, 0U);
}

TEST_F(PresetTest, HasLimitsThatCanBeOverridden) {
  write_upstream(
      "preset = \"office365\"\nauth = \"none\"\nmax_connections = 2\nrate_per_minute = 0\n");
  EXPECT_EQ(upstream().max_connections, 2U);
  EXPECT_EQ(upstream().rate_per_minute, 0U);
}

TEST_F(PresetTest, CanBeOverridden) {
  write_upstream(
      "preset = \"office365\"\nauth = \"none\"\n"
      "host = \"smtp.partner.example\"\nport = 25\n");
  EXPECT_EQ(upstream().host, "smtp.partner.example");
  EXPECT_EQ(upstream().port, 25);
  EXPECT_EQ(upstream().tls, Tls::starttls);
  write_upstream("preset = \"gmail\"\nauth = \"none\"\ntls = \"starttls\"\n");
  EXPECT_EQ(upstream().port, 587);
  write_upstream("preset = \"gmail\"\nauth = \"none\"\nport = 587\n");
  EXPECT_EQ(upstream().tls, Tls::starttls);
  write_upstream("preset = \"smtp2go\"\nauth = \"none\"\ntls = \"starttls\"\n");
  EXPECT_EQ(upstream().port, 2525);
}

TEST_F(PresetTest, OfSesNeedsTheHostOfTheRegion) {
  write_upstream("preset = \"ses\"\nauth = \"none\"\n");
  EXPECT_EQ(errors(), (Lines{"upstreams/office365.toml:1:1: 'host' is missing: preset 'ses' needs "
                             "it, such as host = \"email-smtp.eu-central-1.amazonaws.com\""}));
}

TEST_F(PresetTest, ThatIsUnknownIsToldTheNearest) {
  write_upstream("auth = \"none\"\npreset = \"ofice365\"\n");
  EXPECT_EQ(errors(), (Lines{"upstreams/office365.toml:2:10: unknown preset 'ofice365'; did you "
                             "mean 'office365'?"}));
}

}  // namespace
}  // namespace truerelay::config
