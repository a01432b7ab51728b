// What an upstream says of another one.

#include <algorithm>

#include "tests/config/configuration_folder.h"

namespace truerelay::config {
namespace {

class FallbackTest : public ConfigurationFolder {
 protected:
  static std::string at(std::string_view place, std::string_view message) {
    return "upstreams/office365.toml:" + std::string(place) + ": " + std::string(message);
  }
  // Keys of the upstream that the listener uses, from line 3.
  void with(std::string_view keys) {
    write_upstream("host = \"mail.example\"\nauth = \"none\"\n" + std::string(keys));
  }
  // Another one, which no listener uses.
  void write_other(const std::string& name, std::string_view keys = "") {
    write("upstreams/" + name + ".toml",
          "host = \"" + name + ".example\"\nauth = \"none\"\n" + std::string(keys));
  }
  [[nodiscard]] Lines used() const {
    const Config config = load(main_file()).value();
    Lines names;
    for (const Upstream& upstream : config.upstreams) {
      if (is_used(config, upstream)) {
        names.push_back(upstream.name);
      }
    }
    return names;
  }
};

TEST_F(FallbackTest, IsAnotherUpstream) {
  write_other("backup");
  with("fallback = \"backup\"\n");
  EXPECT_EQ(warnings(), Lines{});
  const Config config = load(main_file()).value();
  EXPECT_EQ(config.upstreams.at(0).name, "backup");
  EXPECT_EQ(config.upstreams.at(1).fallback, "backup");
}

TEST_F(FallbackTest, IsUsedWhereTheUpstreamIs) {
  write_other("backup");
  write_other("spare");
  with("fallback = \"backup\"\n");
  EXPECT_EQ(used(), (Lines{"backup", "office365"}));
  with("");
  write_other("spare", "fallback = \"backup\"\n");
  EXPECT_EQ(used(), Lines{"office365"});
}

TEST_F(FallbackTest, ThatIsUsedNeedsItsPassword) {
  write("upstreams/backup.toml",
        "preset = \"sendgrid\"\nuser = \"apikey\"\npassword_file = \"backup.password\"\n");
  EXPECT_EQ(warnings(), Lines{});
  with("fallback = \"backup\"\n");
  const Lines found = warnings();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("upstreams/backup.toml:3:17: there is no ")) << found[0];
}

TEST_F(FallbackTest, ThatIsUnknownIsToldTheNearest) {
  write_other("backup");
  with("fallback = \"bakcup\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:12", "there is no upstream 'bakcup'; did you mean 'backup'?")}));
}

TEST_F(FallbackTest, ThatIsUnknownIsToldTheOthersButNotItself) {
  write_other("backup");
  write_other("spare");
  with("fallback = \"office36\"\n");
  EXPECT_EQ(errors(),
            (Lines{at("3:12", "there is no upstream 'office36'; there is backup, spare")}));
}

TEST_F(FallbackTest, WithoutAnyOtherUpstreamIsToldHowToAddOne) {
  with("fallback = \"backup\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:12",
                                "there is no upstream 'backup'; it needs a file of its own, "
                                "upstreams/NAME.toml")}));
}

TEST_F(FallbackTest, IsNotTheUpstreamItself) {
  with("fallback = \"office365\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:12",
                                "an upstream cannot be its own fallback: name another, or remove "
                                "the line")}));
}

TEST_F(FallbackTest, NeverGetsTheClientsPassword) {
  write_other("backup");
  write_upstream("host = \"mail.example\"\nauth = \"passthrough\"\nfallback = \"backup\"\n");
  EXPECT_EQ(errors(), (Lines{at("3:12",
                                "with auth = \"passthrough\" the client's password would go to "
                                "another server: remove 'fallback', or let this upstream log in "
                                "with a user and a password_file")}));
}

TEST_F(FallbackTest, HasALoginOfItsOwn) {
  write("upstreams/backup.toml", "host = \"backup.example\"\nauth = \"passthrough\"\n");
  with("fallback = \"backup\"\n");
  EXPECT_EQ(errors(),
            (Lines{at("3:12",
                      "'backup' cannot be a fallback: with auth = \"passthrough\" it needs a login "
                      "of the client's, which is for another server; name an upstream with a user "
                      "and a password_file of its own")}));
}

TEST_F(FallbackTest, WhoseFileIsNoTomlIsOneError) {
  write("upstreams/backup.toml", "host = ");
  with("fallback = \"backup\"\n");
  const Lines found = errors();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("upstreams/backup.toml:1:")) << found[0];
}

TEST_F(FallbackTest, OfAFallbackIsNotFollowedWhichIsAWarning) {
  write_other("backup", "fallback = \"spare\"\n");
  write_other("spare");
  with("fallback = \"backup\"\n");
  EXPECT_EQ(warnings(), (Lines{at("3:12",
                                  "mail goes to 'office365', else to 'backup', and no further: the "
                                  "fallback of a fallback is not followed")}));
  EXPECT_EQ(used(), (Lines{"backup", "office365"}));
}

TEST_F(FallbackTest, MayHaveOneForItsOwnListener) {
  write("truerelay.toml",
        "[[listener]]\nname = \"a\"\naddress = \"127.0.0.1:2525\"\nupstream = \"office365\"\n"
        "[[listener]]\nname = \"b\"\naddress = \"127.0.0.1:2526\"\nupstream = \"backup\"\n");
  write_other("backup", "fallback = \"spare\"\n");
  write_other("spare");
  with("fallback = \"backup\"\n");
  EXPECT_EQ(warnings(), Lines{});
  EXPECT_EQ(used(), (Lines{"backup", "office365", "spare"}));
}

TEST_F(FallbackTest, MayBeMutual) {
  write_other("backup", "fallback = \"office365\"\n");
  with("fallback = \"backup\"\n");
  EXPECT_EQ(warnings(), Lines{});
}

}  // namespace
}  // namespace truerelay::config
