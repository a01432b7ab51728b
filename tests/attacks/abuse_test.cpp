#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "platform/ip_text.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// Who may use the relay, whose credentials send whatever it takes; and a relay that is its own
// upstream.

namespace truerelay::attacks {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kUpToData = "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n";

io::IpAddress address(std::string_view text) { return platform::parse_ip(text).value(); }

struct Client {
  std::string_view name;
  std::vector<std::string> allow;
  std::string_view address;
  bool welcome;
};
void PrintTo(const Client& client, std::ostream* out) { *out << client.name; }

const std::vector<Client>& clients() {
  const std::vector<std::string> loopback = {"127.0.0.0/8", "::1"};
  static const std::vector<Client> all = {
      {"of_this_machine", loopback, "127.0.0.1", true},
      {"of_this_machine_by_another_address", loopback, "127.255.3.4", true},
      {"of_this_machine_in_mapped_form", loopback, "::ffff:127.0.0.1", true},
      {"of_this_machine_over_IPv6", loopback, "::1", true},
      {"of_another_machine", loopback, "10.0.0.1", false},
      {"of_another_machine_in_mapped_form", loopback, "::ffff:10.0.0.1", false},
      {"of_an_address_that_only_looks_mapped", loopback, "::fffe:127.0.0.1", false},
      {"of_an_address_in_the_old_compatible_form", loopback, "::127.0.0.1", false},
      {"of_a_NAT64_address", loopback, "64:ff9b::127.0.0.1", false},
      {"of_a_link_local_address", loopback, "fe80::1", false},
      {"of_a_link_local_IPv4_address", loopback, "169.254.1.1", false},
      {"of_no_address", loopback, "::", false},
      {"of_the_network", {"10.0.0.0/8"}, "10.255.255.255", true},
      {"of_the_network_in_mapped_form", {"10.0.0.0/8"}, "::ffff:10.0.0.1", true},
      {"beside_the_network", {"10.0.0.0/8"}, "11.0.0.0", false},
      {"of_this_machine_that_is_not_listed", {"10.0.0.0/8"}, "127.0.0.1", false},
      {"of_IPv6_where_all_of_IPv4_is_listed", {"0.0.0.0/0"}, "2001:db8::1", false},
      {"of_link_local_where_it_is_listed", {"fe80::/10"}, "fe80::1", true},
  };
  return all;
}

class Section7_Client : public testing::TestWithParam<Client> {};
INSTANTIATE_TEST_SUITE_P(Is, Section7_Client, testing::ValuesIn(clients()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section7_Client, served_only_where_the_listener_allows_it) {
  Setting setting;
  setting.listener.allow.clear();
  for (const std::string& network : GetParam().allow) {
    setting.listener.allow.push_back(platform::parse_network(network).value());
  }
  Stage stage(std::move(setting));
  RawClient& client = stage.connect_from(address(GetParam().address));
  if (GetParam().welcome) {
    EXPECT_TRUE(stage.hear(client).starts_with("220 "));
    stage.ask(client, std::string("EHLO c.example\r\n") + kUpToData, 4);
    EXPECT_EQ(stage.ask(client, "text\r\n.\r\n"), "250 2.0.0 queued\r\n");
    return;
  }
  client.send(std::string("EHLO c.example\r\n") + kUpToData + "text\r\n.\r\n");
  const std::string heard = stage.hear_to_end(client);
  EXPECT_EQ(read_replies(heard).codes(), std::vector<int>{554}) << visible(heard);
  stage.run_for(std::chrono::minutes(2));
  EXPECT_EQ(stage.upstream().connections().size(), 0U) << "it is not even dialled";
  ASSERT_EQ(stage.records().failures.size(), 1U);
  EXPECT_EQ(stage.records().failures.front().reason, "the client is not on the allow list");
}

// Those who are turned away hold no place for long, and cost nothing upstream.
TEST(Section7_Strangers, who_come_again_and_again_are_turned_away_each_time) {
  Setting setting;
  setting.listener.max_clients = 3;
  Stage stage(std::move(setting));
  for (int stranger = 0; stranger < 100; ++stranger) {
    RawClient& client = stage.connect_from(address("10.0.0.1"));
    EXPECT_TRUE(stage.hear_to_end(client).starts_with("554 5.7.1 "));
    client.leave();
    stage.run_for(std::chrono::milliseconds(100));
  }
  stage.greeted();
}

// --- Loops ---

// Nothing is stored, so a message that comes back to the relay costs a session and a connection
// each time around, and both are bounded. Its headers have not grown: nobody adds "Received".
TEST(Section7_Loop, of_a_relay_that_is_its_own_upstream_ends_with_451) {
  Setting setting;
  setting.circular = true;
  setting.upstream.max_connections = 20;
  setting.listener.max_clients = 50;
  Stage stage(std::move(setting));
  RawClient& client = stage.greeted();
  const io::Time asked = stage.now();
  const std::string heard = stage.ask(client, kUpToData, 3);
  ASSERT_EQ(read_replies(heard).whole.size(), 3U) << visible(heard);
  EXPECT_TRUE(read_replies(heard).whole[1].starts_with("451")) << visible(heard);
  EXPECT_TRUE(read_replies(heard).whole[2].starts_with("5")) << visible(heard);
  EXPECT_LT(stage.now() - asked, std::chrono::minutes(3));
  EXPECT_LE(stage.sessions(), 22U);
  for (const observe::MessageRecord& record : stage.records().messages) {
    EXPECT_NE(record.outcome, observe::Outcome::accepted);
  }
  // Once the client has gone, it all comes to an end.
  client.leave();
  stage.run_for(std::chrono::minutes(10));
  EXPECT_EQ(stage.sessions(), 0U);
}

}  // namespace
}  // namespace truerelay::attacks
