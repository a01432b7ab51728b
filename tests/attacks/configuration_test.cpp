#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/config.h"
#include "tests/config/configuration_folder.h"

// Configurations that would open the relay, or read what is none of it.

namespace truerelay::attacks {
namespace {

using config::Lines;

class Section7_OpenListener : public config::ConfigurationFolder {
 protected:
  void at(std::string_view address, std::string_view more = {}) {
    write_listener("name = \"erp\"\nupstream = \"office365\"\naddress = \"" + std::string(address) +
                   "\"\n" + std::string(more));
  }
};

TEST_F(Section7_OpenListener, beyond_loopback_must_say_who_may_use_it) {
  for (const char* address :
       {"0.0.0.0:25", "[::]:25", "192.168.1.5:25", "10.0.0.1:25", "169.254.1.1:25", "[fe80::1]:25",
        "[::ffff:192.168.1.5]:25", "[::ffff:0.0.0.0]:25", "[2001:db8::1]:25", "128.0.0.1:25"}) {
    at(address);
    ASSERT_EQ(errors().size(), 1U) << address;
    EXPECT_TRUE(errors().front().contains("other machines can reach ")) << errors().front();
    at(address, "allow = [\"192.168.0.0/16\"]\n");
    EXPECT_EQ(errors(), Lines{}) << address;
  }
}

TEST_F(Section7_OpenListener, on_loopback_is_for_this_machine_only) {
  for (const char* address :
       {"127.0.0.1:25", "127.1.2.3:25", "[::1]:25", "[::ffff:127.0.0.1]:25"}) {
    at(address);
    EXPECT_EQ(errors(), Lines{}) << address;
    EXPECT_EQ(listener().allow, (Lines{"127.0.0.0/8", "::1"})) << address;
  }
}

TEST_F(Section7_OpenListener, to_everybody_is_a_warning_in_every_form) {
  for (const char* everybody : {"0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "::ffff:0:0/96"}) {
    at("0.0.0.0:25", "allow = [\"" + std::string(everybody) + "\"]\n");
    ASSERT_EQ(warnings().size(), 1U) << everybody;
    EXPECT_TRUE(warnings().front().contains("lets every machine")) << warnings().front();
  }
}

class Section7_ConfiguredLoop : public config::ConfigurationFolder {
 protected:
  Lines findings(std::string_view listener, std::string_view host, int port) {
    write_listener(
        "name = \"erp\"\nupstream = \"office365\"\nallow = [\"10.0.0.0/8\"]\naddress = \"" +
        std::string(listener) + "\"\n");
    write_upstream("host = \"" + std::string(host) + "\"\nport = " + std::to_string(port) +
                   "\ntls = \"none\"\nauth = \"none\"\n");
    return errors();
  }
};

TEST_F(Section7_ConfiguredLoop, to_the_relay_itself_is_an_error) {
  struct Loop {
    const char* listener;
    const char* host;
  };
  for (const Loop& loop :
       {Loop{"127.0.0.1:2525", "127.0.0.1"}, Loop{"127.0.0.1:2525", "localhost"},
        Loop{"[::1]:2525", "localhost"}, Loop{"[::1]:2525", "::1"},
        Loop{"0.0.0.0:2525", "127.0.0.1"}, Loop{"0.0.0.0:2525", "localhost"},
        Loop{"[::]:2525", "::1"}, Loop{"[::]:2525", "localhost"}, Loop{"10.0.0.1:2525", "10.0.0.1"},
        Loop{"127.0.0.1:2525", "::ffff:127.0.0.1"}, Loop{"0.0.0.0:2525", "0.0.0.0"}}) {
    const Lines found = findings(loop.listener, loop.host, 2525);
    ASSERT_EQ(found.size(), 1U) << loop.listener << " " << loop.host;
    EXPECT_TRUE(found.front().contains("is listener 'erp' itself")) << found.front();
  }
}

TEST_F(Section7_ConfiguredLoop, is_not_what_another_server_beside_it_is) {
  EXPECT_EQ(findings("127.0.0.1:2525", "127.0.0.1", 2526), Lines{});
  EXPECT_EQ(findings("127.0.0.1:2525", "127.0.0.2", 2525), Lines{});
  EXPECT_EQ(findings("10.0.0.1:2525", "localhost", 2525), Lines{});
  EXPECT_EQ(findings("0.0.0.0:2525", "::1", 2525), Lines{});
  EXPECT_EQ(findings("[::]:2525", "127.0.0.1", 2525), Lines{});
  EXPECT_EQ(findings("0.0.0.0:2525", "mail.example", 2525), Lines{});
}

// --- What a file may make the relay read ---

class Section9_Configuration : public config::ConfigurationFolder {};

TEST_F(Section9_Configuration, with_a_key_twice_is_refused) {
  for (const char* twice :
       {"name = \"erp\"\nname = \"other\"\n", "allow = [\"::1\"]\n\"allow\" = [\"0.0.0.0/0\"]\n",
        "tls = \"none\"\n'tls' = \"starttls\"\n"}) {
    write_listener("address = \"127.0.0.1:25\"\nupstream = \"office365\"\n" + std::string(twice));
    EXPECT_FALSE(errors().empty()) << twice;
  }
  write_upstream("preset = \"office365\"\nuser = \"a@x.example\"\nuser = \"b@x.example\"\n");
  EXPECT_FALSE(errors().empty());
}

TEST_F(Section9_Configuration, names_no_file_outside_the_folder_of_upstreams) {
  write("outside.toml", "host = \"evil.example\"\nauth = \"none\"\n");
  for (const char* name : {"../outside", "/etc/passwd", "..", "office365.toml", "./office365",
                           "office365\\u0000", "upstreams/office365", ""}) {
    write_listener("name = \"erp\"\naddress = \"127.0.0.1:25\"\nupstream = \"" + std::string(name) +
                   "\"\n");
    EXPECT_FALSE(errors().empty()) << name;
  }
}

TEST_F(Section9_Configuration, takes_no_path_for_the_name_of_a_secret_or_a_preset) {
  for (const char* name : {"../office365", "/etc/shadow", "a/b", "a\\u0000b", "a\\nb"}) {
    const std::string quoted = "\"" + std::string(name) + "\"\n";
    write_upstream("preset = \"office365\"\nuser = \"a@x.example\"\nsecret = " + quoted);
    EXPECT_FALSE(errors().empty()) << name;
    write_upstream("user = \"a@x.example\"\npassword_file = \"office365.password\"\npreset = " +
                   quoted);
    EXPECT_FALSE(errors().empty()) << name;
  }
}

// A user or a name of its own that would become a field of a login, or a line of a dialogue.
TEST_F(Section9_Configuration, puts_no_control_byte_into_a_dialogue) {
  for (const char* evil : {"a\\u0001auth=Bearer x", "a\\u0000b", "a\\rb", "a\\nb", "a\\u007Fb",
                           "a\\r\\nMAIL FROM:<b@x>"}) {
    const std::string text = std::string("\"") + evil + "\"\n";
    write_upstream("preset = \"office365\"\npassword_file = \"office365.password\"\nuser = " +
                   text);
    EXPECT_FALSE(errors().empty()) << evil;
    write_upstream(
        "preset = \"office365\"\nuser = \"a@x.example\"\npassword_file = \"office365.password\"\n"
        "helo_name = " +
        text);
    EXPECT_FALSE(errors().empty()) << evil;
    write_upstream("user = \"a@x.example\"\npassword_file = \"office365.password\"\nhost = " +
                   text);
    EXPECT_FALSE(errors().empty()) << evil;
  }
}

}  // namespace
}  // namespace truerelay::attacks
