// A login that the upstream refuses is not tried again and again: a program with a thousand
// documents would lock its own account.

#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

constexpr const char* kEnvelope =
    "EHLO erp.example\r\nMAIL FROM:<erp@example.org>\r\nRCPT TO:<a@example.net>\r\n";

Arrangement wrong_setup() {
  Arrangement setup;
  setup.login.secret = "battery staple";
  return setup;
}

std::string reply_to_a_new_client(Scene& scene) {
  MailProgram erp(scene);
  return erp.send(kEnvelope, 50ms);
}

TEST(RefusedLogin, ManyClientsCostOneLogin) {
  Scene scene(wrong_setup());
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(holds(reply_to_a_new_client(scene), "\n554-5.7.8 535 5.7.8 "));
  }
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
  EXPECT_EQ(scene.ledger.connections.size(), 1U);
}

TEST(RefusedLogin, ItIsTriedAgainAfterAWhileEachTimeLater) {
  Scene scene(wrong_setup());
  reply_to_a_new_client(scene);
  scene.pass(10s);
  reply_to_a_new_client(scene);
  EXPECT_EQ(scene.ledger.logins.size(), 2U);
  scene.pass(10s);
  reply_to_a_new_client(scene);
  EXPECT_EQ(scene.ledger.logins.size(), 2U) << "now it waits for twice as long";
  scene.pass(10s);
  reply_to_a_new_client(scene);
  EXPECT_EQ(scene.ledger.logins.size(), 3U);
}

TEST(RefusedLogin, OtherCredentialsAreTriedAtOnce) {
  Scene scene(wrong_setup());
  EXPECT_TRUE(holds(reply_to_a_new_client(scene), "\n554-5.7.8 "));
  scene.login().secret = "correct horse";
  EXPECT_TRUE(holds(reply_to_a_new_client(scene), "\n250 2.1.5 "));
}

}  // namespace
}  // namespace truerelay::relay
