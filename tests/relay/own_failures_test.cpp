// The relay's own failures towards an upstream (rule T8): exact codes, the upstream's name and
// file, the setting to look at, and the upstream's own words where it said any.

#include "relay/own_replies.h"
#include "tests/relay/mail_program.h"

namespace truerelay::relay {
namespace {

// What the first recipient hears.
std::string first_answer(Scene& scene) {
  MailProgram erp(scene);
  erp.introduce();
  std::string reply = erp.begin("a@example.net");
  EXPECT_FALSE(erp.cut_off());
  erp.say("QUIT");
  EXPECT_EQ(scene.record().outcome, observe::Outcome::failed);
  return reply;
}

void answers(Scene& scene, simulation::Attempt::Answer answer) {
  scene.network.set_plan(
      [answer](const io::Endpoint& endpoint, std::uint64_t, simulation::Random&) {
        simulation::Attempt attempt;
        if (endpoint.host == "mail.example") {
          attempt.answer = answer;
        }
        return attempt;
      });
}

TEST(OwnFailures, AnUnreachableUpstreamIs451With441) {
  Scene scene;
  answers(scene, simulation::Attempt::Answer::refused);
  EXPECT_EQ(first_answer(scene),
            "451-4.4.1 truerelay cannot reach upstream contoso (mail.example:587): 192.0.2.1:587: "
            "connection refused\n"
            "451 4.4.1 Check \"host\" and \"port\" in upstreams/contoso.toml and the firewall; "
            "nothing was sent, try again");
}

TEST(OwnFailures, AnUnknownNameIs451With443) {
  Scene scene;
  answers(scene, simulation::Attempt::Answer::unknown_name);
  EXPECT_EQ(first_answer(scene),
            "451-4.4.3 truerelay cannot find the address of upstream contoso (mail.example:587): "
            "mail.example has no address\n"
            "451 4.4.3 Check \"host\" in upstreams/contoso.toml and the name servers of this "
            "machine; nothing was sent, try again");
}

TEST(OwnFailures, AProxyThatRefusesIs451With441AndNamesTheSetting) {
  const io::Failure refused{io::Failure::Kind::proxy_failed,
                            "the proxy http://proxy.example:3128 refused to connect to "
                            "mail.example:587; it said: 403 Filtered"};
  const smtp::Reply reply = reply_for(from_io(refused), Arrangement().upstream);
  EXPECT_EQ(reply.code, 451);
  EXPECT_EQ(reply.lines,
            (std::vector<std::string>{
                "4.4.1 truerelay cannot reach upstream contoso (mail.example:587) through its "
                "proxy: the proxy http://proxy.example:3128 refused to connect to "
                "mail.example:587; it said: 403 Filtered",
                "4.4.1 Check \"via\" in upstreams/contoso.toml, and whether the proxy lets this "
                "machine connect to mail.example:587; nothing was sent, try again"}));
}

TEST(OwnFailures, AnUpstreamThatTakesNoConnectionsSaysWhyIn451With441) {
  Scene scene(staged_setup());
  scene.staged.answer("greeting", "554 5.7.1 Service unavailable; client host blocked");
  EXPECT_EQ(first_answer(scene),
            "451-4.4.1 Upstream contoso (mail.example:587) does not take connections from here: "
            "its answer to the connection is\n"
            "451-4.4.1 554 5.7.1 Service unavailable; client host blocked\n"
            "451 4.4.1 Nothing was sent, try again");
}

TEST(OwnFailures, A421GreetingIsTheRelaysFailureAndDoesNotEndTheSession) {
  Scene scene(staged_setup());
  scene.staged.answer("greeting", "421 4.3.2 Too busy");
  const std::string reply = first_answer(scene);
  EXPECT_TRUE(starts(reply, "451-4.4.1 "));
  EXPECT_TRUE(holds(reply, "421 4.3.2 Too busy"));
}

TEST(OwnFailures, AServerThatDoesNotSpeakSmtpIsAProtocolViolation) {
  Scene scene(staged_setup());
  scene.staged.answer("greeting", "HTTP/1.1 400 Bad Request");
  EXPECT_TRUE(starts(first_answer(scene), "451-4.5.0 "));
}

TEST(OwnFailures, AConnectionThatEndsBeforeTheGreetingIs451With442) {
  Scene scene(staged_setup());
  scene.staged.hang_up_at("greeting");
  EXPECT_TRUE(starts(first_answer(scene),
                     "451-4.4.2 The connection to upstream contoso (mail.example:587) was lost"));
}

TEST(OwnFailures, ACertificateThatNobodyTrustsIs451With475AndNoSecretIsSent) {
  Arrangement setup;
  setup.upstream.tls = Tls::starttls;
  setup.upstream_has_tls = true;
  setup.upstream_trusted = false;
  Scene scene(std::move(setup));
  const std::string reply = first_answer(scene);
  EXPECT_TRUE(starts(reply,
                     "451-4.7.5 There is no trusted TLS connection to upstream contoso "
                     "(mail.example:587): "));
  EXPECT_TRUE(holds(reply,
                    "\n451 4.7.5 Check \"host\", \"port\", \"tls\" and \"ca_file\" in "
                    "upstreams/contoso.toml; nothing was sent"));
  EXPECT_TRUE(scene.ledger.logins.empty());
}

TEST(OwnFailures, ACertificateThatIsTrustedIsAllItTakes) {
  Arrangement setup;
  setup.upstream.tls = Tls::starttls;
  setup.upstream_has_tls = true;
  setup.practice.require_tls = true;
  setup.practice.auth_without_tls = false;
  Scene scene(std::move(setup));
  MailProgram erp(scene);
  erp.introduce();
  EXPECT_TRUE(starts(erp.deliver("a@example.net"), "250 2.6.0 "));
  EXPECT_TRUE(scene.message().envelope.secured);
  EXPECT_TRUE(starts(scene.record().tls, "TLSv1.3 "));
}

TEST(OwnFailures, AMissingStartTlsIs451With475AndNothingIsSentInPlaintext) {
  Arrangement setup;
  setup.upstream.tls = Tls::starttls;
  setup.listener_has_tls = true;  // There is TLS to be had, but not upstream.
  Scene scene(std::move(setup));
  EXPECT_EQ(
      first_answer(scene),
      "451-4.7.5 Upstream contoso (mail.example:587) offers no STARTTLS, so nothing is sent "
      "to it\n"
      "451 4.7.5 Check \"port\" and \"tls\" in upstreams/contoso.toml, and whether a firewall "
      "alters SMTP");
  EXPECT_TRUE(scene.ledger.logins.empty());
  EXPECT_TRUE(scene.ledger.senders.empty());
}

TEST(OwnFailures, ARefusedStartTlsIs451With475WithTheUpstreamsWords) {
  Arrangement setup = staged_setup();
  setup.upstream.tls = Tls::starttls;
  setup.upstream_has_tls = true;
  Scene scene(std::move(setup));
  scene.staged.offer("STARTTLS");
  scene.staged.answer("STARTTLS", "454 4.7.0 TLS not available");
  const std::string reply = first_answer(scene);
  EXPECT_TRUE(starts(reply, "451-4.7.5 Upstream contoso"));
  EXPECT_TRUE(holds(reply, "\n451-4.7.5 454 4.7.0 TLS not available\n"));
}

TEST(OwnFailures, PlaintextBehindTheAnswerToStartTlsIsAProtocolViolation) {
  Arrangement setup = staged_setup();
  setup.upstream.tls = Tls::starttls;
  setup.upstream_has_tls = true;
  Scene scene(std::move(setup));
  scene.staged.offer("STARTTLS");
  scene.staged.answer("STARTTLS", "220 2.0.0 Go ahead\n250 2.0.0 injected");
  EXPECT_TRUE(starts(first_answer(scene), "451-4.5.0 "));
}

TEST(OwnFailures, ARefusedLoginIs554With578AndTheUpstreamsWords) {
  Arrangement setup;
  setup.login.secret = "wrong";
  Scene scene(std::move(setup));
  const std::string reply = first_answer(scene);
  EXPECT_TRUE(starts(reply,
                     "554-5.7.8 Upstream contoso (mail.example:587) refused the login; it said:\n"
                     "554-5.7.8 535 5.7.8 "));
  EXPECT_TRUE(
      holds(reply, "\n554 5.7.8 Check \"user\" and \"password_file\" in upstreams/contoso.toml"));
  ASSERT_EQ(scene.ledger.logins.size(), 1U);
  EXPECT_FALSE(scene.ledger.logins[0].accepted);
}

TEST(OwnFailures, EveryLineOfTheUpstreamsWordsIsKept) {
  Arrangement setup;
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.answer("AUTH",
                      "535-5.7.8 Username and Password not accepted. For more information, go to\n"
                      "535 5.7.8  https://support.example/mail/?p=BadCredentials - gsmtp");
  EXPECT_TRUE(holds(first_answer(scene),
                    "\n554-5.7.8 535 5.7.8 Username and Password not accepted. For more "
                    "information, go to\n"
                    "554-5.7.8 535 5.7.8  https://support.example/mail/?p=BadCredentials - gsmtp"
                    "\n554 5.7.8 Check"));
}

TEST(OwnFailures, ADeferredLoginIs454With470AndTheUpstreamsWords) {
  Arrangement setup;
  setup.staged = true;
  Scene scene(std::move(setup));
  scene.staged.offer("AUTH PLAIN");
  scene.staged.answer("AUTH", "454 4.7.0 Temporary authentication failure");
  EXPECT_EQ(first_answer(scene),
            "454-4.7.0 Upstream contoso (mail.example:587) refused the login for now; it said:\n"
            "454-4.7.0 454 4.7.0 Temporary authentication failure\n"
            "454 4.7.0 Nothing was sent, try again");
}

TEST(OwnFailures, AnUpstreamWithoutAFittingMechanismIs554With578AndWhatItOffers) {
  Arrangement setup;
  setup.practice.offers.auth = {"XOAUTH2", "OAUTHBEARER"};
  Scene scene(std::move(setup));
  EXPECT_EQ(
      first_answer(scene),
      "554-5.7.8 Upstream contoso (mail.example:587) offers no login that truerelay is set up "
      "for: it offers AUTH XOAUTH2 OAUTHBEARER\n"
      "554 5.7.8 Check \"auth\" and \"tls\" in upstreams/contoso.toml: many servers offer a login "
      "only after TLS");
}

TEST(OwnFailures, AnUpstreamWithoutAnyLoginIs554With578) {
  Arrangement setup;
  setup.practice.offers.auth = {};
  Scene scene(std::move(setup));
  EXPECT_TRUE(holds(first_answer(scene),
                    "it offers no AUTH at all\n554 5.7.8 Check \"auth\" and \"tls\" in "));
}

TEST(OwnFailures, MissingCredentialsAre554With578AndSayWhatToDo) {
  Arrangement setup;
  setup.login.refusal = auth::Refusal{true, "The file contoso.password does not exist"};
  Scene scene(std::move(setup));
  EXPECT_EQ(first_answer(scene),
            "554-5.7.8 truerelay has no usable password for upstream contoso (mail.example:587): "
            "The file contoso.password does not exist\n"
            "554 5.7.8 Check \"password_file\" in upstreams/contoso.toml");
  EXPECT_TRUE(scene.ledger.connections.empty());
}

TEST(OwnFailures, CredentialsThatAreNotToBeHadNowAre454With470) {
  Arrangement setup;
  setup.login.refusal = auth::Refusal{false, "The token service does not answer"};
  Scene scene(std::move(setup));
  EXPECT_EQ(first_answer(scene),
            "454-4.7.0 truerelay cannot get credentials for upstream contoso (mail.example:587) "
            "just now: The token service does not answer\n"
            "454 4.7.0 Nothing was sent, try again");
}

}  // namespace
}  // namespace truerelay::relay
