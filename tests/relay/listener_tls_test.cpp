// TLS towards clients: STARTTLS (RFC 3207) and from the first byte (RFC 8314).

#include "base/base64.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

Arrangement tls_setup(Tls tls) {
  Arrangement setup;
  setup.listener.tls = tls;
  setup.listener_has_tls = true;
  return setup;
}

TEST(ListenerTls, StartTlsIsOfferedAndNotAgainAfterTheHandshake) {
  Scene scene(tls_setup(Tls::starttls));
  MailProgram erp(scene);
  EXPECT_TRUE(holds(erp.introduce(), "STARTTLS"));
  EXPECT_EQ(erp.start_tls(), "220 2.0.0 Ready to start TLS\r\n");
  const std::string hello = erp.say("EHLO erp.example");
  EXPECT_TRUE(starts(hello, "250"));
  EXPECT_FALSE(holds(hello, "STARTTLS"));
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(ListenerTls, TheSessionBeginsAnewAfterTheHandshake) {
  Scene scene(tls_setup(Tls::starttls));
  MailProgram erp(scene);
  erp.introduce();
  erp.begin("a@example.net");
  EXPECT_TRUE(starts(erp.start_tls(), "220 "));
  EXPECT_TRUE(starts(erp.say("MAIL FROM:<erp@example.org>"), "503 5.5.1 Send EHLO"));
}

TEST(ListenerTls, APassthroughLoginFromBeforeTheHandshakeIsForgotten) {
  Arrangement setup = tls_setup(Tls::starttls);
  setup.upstream.auth = auth::Choice::passthrough;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  const std::string message("\0erp@example.org\0correct horse", 30);
  EXPECT_TRUE(starts(erp.say("AUTH PLAIN " + base64_encode(message)), "235 "));
  EXPECT_TRUE(starts(erp.start_tls(), "220 "));
  erp.say("EHLO erp.example");
  EXPECT_TRUE(starts(erp.say("MAIL FROM:<erp@example.org>"), "530 "));
}

TEST(ListenerTls, BytesThatFollowStartTlsBeforeTheHandshakeAreRefused) {
  Scene scene(tls_setup(Tls::starttls));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_EQ(erp.send("STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n"),
            "554 5.5.1 Nothing may follow STARTTLS before the handshake");
  EXPECT_TRUE(erp.hear(5s).empty());
  EXPECT_TRUE(erp.cut_off());
}

TEST(ListenerTls, WithoutACertificateStartTlsIs502) {
  Scene scene;
  MailProgram erp(scene);
  EXPECT_FALSE(holds(erp.introduce(), "STARTTLS"));
  EXPECT_EQ(erp.say("STARTTLS"), "502 5.5.1 STARTTLS is not offered here");
}

TEST(ListenerTls, OnAnImplicitTlsPortTheGreetingComesAfterTheHandshake) {
  Scene scene(tls_setup(Tls::implicit));
  MailProgram erp(scene);
  ASSERT_TRUE(erp.handshake());
  EXPECT_EQ(erp.hear(), "220 relay.example ESMTP truerelay");
  EXPECT_FALSE(holds(erp.say("EHLO erp.example"), "STARTTLS"));
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
}

TEST(ListenerTls, APlaintextClientOnAnImplicitTlsPortEndsAndIsRecorded) {
  Scene scene(tls_setup(Tls::implicit));
  MailProgram erp(scene);
  erp.say("EHLO erp.example");
  scene.pass(1min);
  EXPECT_EQ(scene.sessions(), 0U);
  ASSERT_EQ(scene.records.sessions.size(), 1U);
  EXPECT_TRUE(starts(scene.records.sessions[0].reason, "TLS handshake: "));
}

TEST(ListenerTls, AClientThatNeverShakesHandsEndsWithTheCommandTimeout) {
  Arrangement setup = tls_setup(Tls::implicit);
  setup.listener.command_timeout = 1min;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  scene.pass(50s);
  EXPECT_EQ(scene.sessions(), 1U);
  scene.pass(15s);
  EXPECT_EQ(scene.sessions(), 0U);
}

TEST(ListenerTls, OnlyThoseOnTheAllowListGetPastAnImplicitTlsPort) {
  Scene scene(tls_setup(Tls::implicit));
  MailProgram stranger(scene, simulation::ipv4(192, 168, 1, 9));
  ASSERT_TRUE(stranger.handshake());
  EXPECT_TRUE(starts(stranger.hear(), "554 5.7.1 192.168.1.9 may not use"));
}

}  // namespace
}  // namespace truerelay::relay
