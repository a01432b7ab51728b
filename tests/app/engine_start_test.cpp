// What can go wrong before an engine runs is a sentence, and the log has it, too.

#include <gtest/gtest.h>

#include "app/engine.h"
#include "net/listener.h"
#include "net/loop.h"
#include "tests/app/installation.h"

namespace truerelay::app {
namespace {

// Why it does not start.
std::string refusal(const config::Config& config) {
  const auto engine = Engine::start(config);
  EXPECT_FALSE(engine.has_value());
  return engine ? "" : engine.error();
}

TEST(EngineStart, TellsWhereItListens) {
  const Installation installation;
  const auto engine = Engine::start(installation.config());
  ASSERT_TRUE(engine.has_value()) << engine.error();
  const std::vector<std::string> addresses = (*engine)->addresses();
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_TRUE(addresses[0].starts_with("127.0.0.1:"));
  EXPECT_FALSE(addresses[0].ends_with(":0"));
}

TEST(EngineStart, APortThatIsInUseIsNamedTogetherWithItsListener) {
  net::Loop loop;
  const auto other = net::Listener::open(
      loop, {"127.0.0.1", 0}, [](std::unique_ptr<io::Stream>, const io::Peer&) {},
      [](std::string_view) {});
  ASSERT_TRUE(other.has_value());
  const Installation installation;
  config::Config config = installation.config();
  config.listeners[0].address[0].port = (*other)->port();
  const std::string why = refusal(config);
  EXPECT_TRUE(why.starts_with("Listener erp: cannot listen on " + (*other)->address() + ": "))
      << why;
  EXPECT_NE(installation.read("truerelay.log").find(why), std::string::npos);
}

TEST(EngineStart, ACertificateFileWithoutACertificateIsNamed) {
  const Installation installation;
  installation.write("broken.pem", "This is no certificate.\n");
  config::Config config = installation.config();
  config.listeners[0].tls = config::Tls::starttls;
  config.listeners[0].certificate_file = installation.path("broken.pem");
  config.listeners[0].key_file = installation.certificates().key_file;
  const std::string why = refusal(config);
  EXPECT_TRUE(why.starts_with("Listener erp: ")) << why;
  EXPECT_NE(why.find("broken.pem holds no certificate"), std::string::npos) << why;
}

TEST(EngineStart, AKeyThatDoesNotBelongToTheCertificateIsRefused) {
  const Installation installation;
  const Installation another;
  config::Config config = installation.config();
  config.listeners[0].tls = config::Tls::implicit;
  config.listeners[0].certificate_file = installation.certificates().certificate_file;
  config.listeners[0].key_file = another.certificates().key_file;
  const std::string why = refusal(config);
  EXPECT_TRUE(why.starts_with("Listener erp: ")) << why;
  EXPECT_NE(why.find("key"), std::string::npos) << why;
}

TEST(EngineStart, AListenersOwnCertificateIsTaken) {
  const Installation installation;
  config::Config config = installation.config();
  config.listeners[0].tls = config::Tls::starttls;
  config.listeners[0].certificate_file = installation.certificates().certificate_file;
  config.listeners[0].key_file = installation.certificates().key_file;
  const auto engine = Engine::start(config);
  EXPECT_TRUE(engine.has_value()) << engine.error();
}

TEST(EngineStart, AnAuthoritysFileThatCannotBeReadIsNamedTogetherWithItsUpstream) {
  const Installation installation;
  config::Config config = installation.config();
  config.upstreams[0].ca_file = installation.path("missing.pem");
  const std::string why = refusal(config);
  EXPECT_TRUE(why.starts_with("Upstream practice: ")) << why;
  EXPECT_NE(why.find("missing.pem"), std::string::npos) << why;
}

TEST(EngineStart, ALogFileThatCannotBeOpenedIsNamed) {
  const Installation installation;
  config::Config config = installation.config();
  config.log.file = installation.path("truerelay.toml/truerelay.log");
  EXPECT_NE(refusal(config).find("truerelay.log"), std::string::npos);
}

TEST(EngineStart, AfterAFailureTheSamePortsCanBeTaken) {
  const Installation installation;
  config::Config config = installation.config();
  {
    const auto first = Engine::start(config);
    ASSERT_TRUE(first.has_value());
    const std::string address = (*first)->addresses().at(0);
    config.listeners[0].address[0].port =
        static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    config.listeners.push_back(config.listeners[0]);
    refusal(config);
    config.listeners.pop_back();
  }
  EXPECT_TRUE(Engine::start(config).has_value());
}

TEST(EngineStart, AnEngineThatIsStoppedBeforeItRunsEndsAtOnce) {
  const Installation installation;
  auto engine = Engine::start(installation.config());
  ASSERT_TRUE(engine.has_value());
  (*engine)->stop();
  (*engine)->run();
  engine->reset();  // The log is complete then.
  EXPECT_NE(installation.read("truerelay.log").find("stopped"), std::string::npos);
}

}  // namespace
}  // namespace truerelay::app
