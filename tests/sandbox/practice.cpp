#include "tests/sandbox/practice.h"

#include <sstream>
#include <utility>

namespace truerelay::sandbox {

io::Task<io::Result<io::SecuredStream>> PretendTls::secure(std::unique_ptr<io::Stream> plain) {
  io::SecuredStream secured;
  secured.stream = std::move(plain);
  secured.facts.version = "TLSv1.3";
  co_return secured;
}

Settings Practice::usual_settings() {
  Settings settings;
  settings.hostname = "practice.example";
  Account erp;
  erp.user = "erp";
  erp.password = Redacted("secret");
  settings.accounts.push_back(std::move(erp));
  Account cloud;
  cloud.user = "cloud";
  cloud.token = Redacted("token");
  settings.accounts.push_back(std::move(cloud));
  return settings;
}

Settings Practice::open_settings() {
  Settings settings = usual_settings();
  settings.require_auth = false;
  settings.require_tls = false;
  settings.auth_without_tls = true;
  return settings;
}

Practice::Practice(Settings settings, simulation::LinkOptions link)
    : settings_(std::move(settings)) {
  simulation::LinkEnds ends = simulation::make_link(world_, std::move(link));
  client_ = std::move(ends.client);
  Arrival arrival;
  arrival.stream = std::move(ends.server);
  arrival.peer.address = "192.0.2.1:49152";
  scope_.spawn(
      serve(settings_, {world_, world_, cancellation_, ledger, &tls_}, std::move(arrival)));
  client_scope_.spawn(listen());
}

Practice::~Practice() {
  client_->close();
  cancellation_.cancel();
  world_.run_for(std::chrono::hours(2));
  EXPECT_EQ(scope_.running(), 0U);
  EXPECT_EQ(client_scope_.running(), 0U);
}

io::Task<void> Practice::listen() {
  while (!ended_) {
    io::Result<std::size_t> count = co_await client_->read(received_);
    ended_ = !count || *count == 0;
  }
}

io::Task<void> Practice::send(std::string bytes) {
  io::Result<void> written = co_await client_->write(bytes);
  ended_ = ended_ || !written;
}

std::string Practice::say(std::string_view bytes) {
  client_scope_.spawn(send(std::string(bytes)));
  return wait(std::chrono::seconds(2));
}

std::string Practice::wait(io::Duration duration) {
  world_.run_for(duration);
  std::string text(received_.readable());
  received_.clear();
  return text;
}

void Practice::hang_up() {
  client_->close();
  world_.run_for(std::chrono::seconds(1));
}

std::string Practice::begin(std::string_view recipients) {
  say("EHLO client.example\r\n");
  say("MAIL FROM:<erp@example.org>\r\n");
  std::istringstream addresses{std::string(recipients)};
  std::string replies;
  for (std::string address; addresses >> address;) {
    replies += say("RCPT TO:<" + address + ">\r\n");
  }
  return replies;
}

std::string greeted(Practice& practice) { return practice.wait(std::chrono::seconds(1)); }

testing::AssertionResult starts(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? testing::AssertionSuccess() << text
                                  : testing::AssertionFailure() << "it is: " << text;
}

testing::AssertionResult holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos
             ? testing::AssertionSuccess() << text
             : testing::AssertionFailure() << "it is: " << text;
}

}  // namespace truerelay::sandbox
