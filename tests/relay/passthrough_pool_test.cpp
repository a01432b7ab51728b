// auth = "passthrough": connections are reused by the very credentials that they are logged in
// with, and nobody is let in by somebody else's.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

std::string login(const std::string& user, const std::string& password) {
  const std::string message = '\0' + user + '\0' + password;
  return "AUTH PLAIN " + base64_encode(message);
}

const std::string kErp = login("erp@example.org", "correct horse");

Arrangement two_users_setup() {
  Arrangement setup = passthrough_setup();
  sandbox::Account other;
  other.user = "scanner@example.org";
  other.password = Redacted("correct horse");
  setup.practice.accounts.push_back(std::move(other));
  return setup;
}

TEST(PassthroughPool, TheSameCredentialsReuseTheConnectionAndNeedNoSecondLogin) {
  Scene scene(two_users_setup());
  for (int i = 0; i < 3; ++i) {
    MailProgram erp(scene);
    erp.introduce();
    EXPECT_TRUE(starts(erp.say(kErp), "235 2.7.0 "));
    EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
    erp.say("QUIT");
  }
  EXPECT_EQ(scene.ledger.connections.size(), 1U);
  EXPECT_EQ(scene.ledger.logins.size(), 1U);
}

TEST(PassthroughPool, AnotherUserWithTheSamePasswordHasAConnectionOfItsOwn) {
  Scene scene(two_users_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say(kErp);
  erp.deliver("a@example.net");
  MailProgram scanner(scene);
  scanner.introduce();
  scanner.say(login("scanner@example.org", "correct horse"));
  scanner.deliver("b@example.net");
  ASSERT_EQ(scene.ledger.messages.size(), 2U);
  EXPECT_EQ(scene.ledger.messages[0].envelope.user, "erp@example.org");
  EXPECT_EQ(scene.ledger.messages[1].envelope.user, "scanner@example.org");
  EXPECT_EQ(scene.ledger.connections.size(), 2U);
}

TEST(PassthroughPool, AWrongPasswordIsRefusedByTheUpstreamItselfAlthoughAWarmConnectionIsThere) {
  Scene scene(two_users_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say(kErp);
  erp.deliver("a@example.net");
  MailProgram thief(scene);
  thief.introduce();
  EXPECT_TRUE(starts(thief.say(login("erp@example.org", "battery staple")), "535 5.7.8 "));
  EXPECT_EQ(scene.ledger.logins.size(), 2U) << "the upstream was asked";
  EXPECT_TRUE(starts(thief.say("MAIL FROM:<erp@example.org>"), "530 5.7.0 "));
  EXPECT_TRUE(starts(erp.deliver("b@example.net"), "250 2.6.0 ")) << "and nobody else suffers";
}

// A user that ends where the password begins: the boundary between them counts.
TEST(PassthroughPool, TheSameOctetsCutInAnotherPlaceAreOtherCredentials) {
  Scene scene(two_users_setup());
  MailProgram erp(scene);
  erp.introduce();
  erp.say(kErp);
  MailProgram thief(scene);
  thief.introduce();
  EXPECT_TRUE(starts(thief.say(login("erp@example.orgcorrect", " horse")), "535 "));
}

TEST(PassthroughPool, NoConnectionIsOpenedForAClientThatHasNotSaidWhoItIs) {
  Scene scene(two_users_setup());
  MailProgram erp(scene);
  erp.introduce();
  scene.pass(5s);
  EXPECT_TRUE(scene.ledger.connections.empty());
}

TEST(PassthroughPool, TheLimitOfConnectionsIsThatOfEachUser) {
  Arrangement setup = two_users_setup();
  setup.upstream.max_connections = 1;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  erp.say(kErp);
  EXPECT_EQ(erp.begin("a@example.net"), "250 2.1.5 Recipient OK");
  MailProgram scanner(scene);
  scanner.introduce();
  scanner.say(login("scanner@example.org", "correct horse"));
  EXPECT_EQ(scanner.begin("b@example.net"), "250 2.1.5 Recipient OK");
}

}  // namespace
}  // namespace truerelay::relay
