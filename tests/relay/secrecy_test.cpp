// No record ever holds a secret or a byte of a message.

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

void expect_none_of(const std::string& text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    EXPECT_FALSE(holds(text, secret));
  }
}

// As it stands, in base64 alone, and in base64 within PLAIN at each of its three alignments.
std::vector<std::string> shapes_of(const std::string& secret) {
  std::vector<std::string> shapes = {secret};
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string encoded = base64_encode(std::string(shift, '\0') + secret);
    shapes.push_back(encoded.substr(4, encoded.size() - 8));
  }
  return shapes;
}

const std::vector<std::string> kSecrets = shapes_of("correct horse");
const std::vector<std::string> kContent = {"invoice 4711", "Released."};

TEST(Secrecy, ALoginWithStoredCredentialsLeavesNoSecretInAnyRecord) {
  Scene scene;
  scene.make_first_contact();
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("a@example.net");
  const std::string records = scene.records.everything();
  EXPECT_TRUE(holds(records, "erp@example.org"));
  expect_none_of(records, kSecrets);
  expect_none_of(records, kContent);
}

TEST(Secrecy, ARefusedLoginLeavesNoSecretInAnyRecordOrReply) {
  Arrangement setup;
  setup.practice.accounts.clear();
  Scene scene(std::move(setup));
  scene.make_first_contact();
  MailProgram erp(scene);
  erp.introduce();
  const std::string reply = erp.begin("a@example.net");
  erp.say("QUIT");
  const std::string records = scene.records.everything();
  EXPECT_TRUE(holds(records, "535 5.7.8"));
  expect_none_of(records + reply, kSecrets);
}

TEST(Secrecy, APassthroughLoginLeavesNoSecretInAnyRecordHoweverItEnds) {
  for (const char* command : {"AUTH PLAIN", "AUTH LOGIN"}) {
    for (const bool known : {true, false}) {
      Arrangement setup = passthrough_setup();
      if (!known) {
        setup.practice.accounts.clear();
      }
      Scene scene(std::move(setup));
      MailProgram erp(scene);
      erp.introduce();
      std::string replies;
      if (std::string_view(command) == "AUTH PLAIN") {
        std::string message("\0erp@example.org\0correct horse", 30);
        ASSERT_TRUE(message.ends_with("correct horse"));
        replies = erp.say("AUTH PLAIN " + base64_encode(message));
      } else {
        erp.say("AUTH LOGIN");
        erp.say(base64_encode("erp@example.org"));
        replies = erp.say(base64_encode("correct horse"));
      }
      EXPECT_TRUE(starts(replies, known ? "235 " : "535 "));
      erp.say("MAIL FROM:<erp@example.org>");
      erp.hang_up();
      expect_none_of(scene.records.everything() + replies, kSecrets);
    }
  }
}

TEST(Secrecy, ASecretSentInTheWrongPlaceIsQuotedNowhere) {
  Scene scene(passthrough_setup());
  MailProgram erp(scene);
  erp.introduce();
  std::string replies = erp.say(base64_encode("correct horse"));
  replies += erp.say("AUTH PLAIN " + base64_encode("correct horse"));
  replies += erp.say("AUTH PLAIN correct horse");
  replies += erp.say("AUTH correct horse");
  erp.hang_up();
  expect_none_of(replies + scene.records.everything(), kSecrets);
}

TEST(Secrecy, AnUpstreamThatRepeatsTheSecretInItsRefusalIsTheOnlyOneToSayIt) {
  Arrangement setup;
  setup.staged = true;
  setup.login.kind = auth::Credentials::Kind::token;
  setup.login.secret = "correct horse";
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH XOAUTH2");
  scene.staged.answer("AUTH", "535 5.7.3 Not \"correct horse\"");
  MailProgram erp(scene);
  erp.introduce();
  const std::string reply = erp.begin("a@example.net");
  EXPECT_TRUE(holds(reply, "535 5.7.3 (this line repeats the secret)"));
  erp.say("QUIT");
  expect_none_of(reply + scene.records.everything(), kSecrets);
}

TEST(Secrecy, AnUpstreamThatRepeatsTheSecretInWhatIsNoReplyIsTheOnlyOneToSayIt) {
  for (const char* answer : {"What is correct horse?", "999 correct horse",
                             "334 Y29ycmVjdCBob3JzZQ==", "250 2.0.0 correct horse"}) {
    Arrangement setup;
    setup.staged = true;
    Scene scene(std::move(setup));
    scene.staged.offer("AUTH PLAIN");
    scene.staged.answer("AUTH", answer);
    MailProgram erp(scene);
    erp.introduce();
    const std::string reply = erp.begin("a@example.net");
    EXPECT_TRUE(starts(reply, "4") || starts(reply, "5")) << answer;
    erp.say("QUIT");
    expect_none_of(reply + scene.records.everything(), kSecrets);
  }
}

TEST(Secrecy, APassthroughClientDoesNotHearItsPasswordFromTheUpstreamEither) {
  for (const char* answer : {"535 5.7.8 Not correct horse", "235 2.7.0 Welcome, correct horse"}) {
    Arrangement setup = passthrough_setup();
    setup.staged = true;
    Scene scene(std::move(setup));
    scene.staged.offer("AUTH PLAIN");
    scene.staged.answer("AUTH", answer);
    MailProgram erp(scene);
    erp.introduce();
    const std::string message("\0erp@example.org\0correct horse", 30);
    const std::string reply = erp.say("AUTH PLAIN " + base64_encode(message));
    EXPECT_EQ(reply, std::string(answer, 10) + "(this line repeats the secret)");
    expect_none_of(reply + scene.records.everything(), kSecrets);
  }
}

TEST(Secrecy, ALostMessageLeavesNoneOfItsContentInAnyRecord) {
  Scene scene;
  MailProgram erp(scene);
  erp.introduce();
  erp.deliver("drop-data@example.net");
  erp.begin_data("b@example.net");
  erp.send(std::string(kShortMessage));
  erp.hang_up();
  EXPECT_EQ(scene.records.messages.size(), 2U);
  expect_none_of(scene.records.everything(), kContent);
}

}  // namespace
}  // namespace truerelay::relay
