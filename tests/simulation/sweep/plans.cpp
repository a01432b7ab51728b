#include "tests/simulation/sweep/plans.h"

#include <array>

#include "tests/simulation/sweep/relay_under_test.h"

namespace truerelay::simulation {
namespace {

relay::UpstreamSettings draw_upstream(Random& random, const PracticeUpstream& upstream) {
  relay::UpstreamSettings settings;
  settings.name = upstream.host();
  settings.file = "upstreams/" + upstream.host() + ".toml";
  settings.endpoint = {upstream.host(), PracticeUpstream::kPort};
  settings.tls = upstream.tls();
  settings.helo_name = "relay.example";
  settings.eager_mail = random.chance(0.2);
  settings.chunking = random.chance(0.2) ? relay::Chunking::off : relay::Chunking::automatic;
  settings.max_connections = random.chance(0.6) ? static_cast<unsigned>(random.between(1, 4)) : 20;
  settings.rate_per_minute = random.chance(0.1) ? static_cast<unsigned>(random.between(1, 8)) : 0;
  settings.max_messages_per_connection =
      random.chance(0.3) ? static_cast<unsigned>(random.between(1, 3)) : 100;
  settings.idle_close = std::chrono::seconds(random.scaled_between(1, 600));
  settings.keep_warm = random.chance(0.2);
  settings.patience = std::chrono::seconds(random.between(0, 60));
  settings.replay_buffer = random.chance(0.1)   ? 0
                           : random.chance(0.4) ? random.scaled_between(1, 65'536)
                                                : settings.replay_buffer;
  settings.replay_file = random.chance(0.4);
  return settings;
}

auth::Choice draw_choice(Random& random, const Circumstances& circumstances) {
  if (circumstances.passthrough) {
    return auth::Choice::passthrough;
  }
  constexpr std::array kForTokens = {auth::Choice::automatic, auth::Choice::xoauth2,
                                     auth::Choice::oauthbearer};
  return circumstances.tokens ? kForTokens.at(random.between(0, 2)) : auth::Choice::automatic;
}

LoginKind draw_login(Random& random, const Circumstances& circumstances) {
  if (!circumstances.tokens) {
    return random.chance(0.03) ? LoginKind::wrong_password : LoginKind::password;
  }
  constexpr std::array kTokens = {LoginKind::refresh_token, LoginKind::application_secret,
                                  LoginKind::application_certificate};
  return kTokens.at(random.between(0, 2));
}

relay::ClientAuth draw_client_auth(Random& random, const Circumstances& circumstances) {
  if (!circumstances.local_login) {
    return relay::ClientAuth::none;
  }
  return random.chance(0.5) ? relay::ClientAuth::required : relay::ClientAuth::optional;
}

}  // namespace

Circumstances Circumstances::draw(Random& random) {
  Circumstances circumstances;
  circumstances.passthrough = random.chance(0.1);
  circumstances.local_login = !circumstances.passthrough && random.chance(0.2);
  circumstances.tokens = !circumstances.passthrough && random.chance(0.3);
  circumstances.remembers = random.chance(0.9);
  circumstances.rejects_bare_line_ends = random.chance(0.1);
  return circumstances;
}

relay::Tls draw_tls(Random& random) {
  return random.chance(0.6)   ? relay::Tls::none
         : random.chance(0.5) ? relay::Tls::starttls
                              : relay::Tls::implicit;
}

sandbox::Settings draw_sandbox(Random& random, const std::string& host, relay::Tls tls,
                               bool fallback) {
  sandbox::Settings settings =
      PracticeUpstream::settings_for(tls, RelayUnderTest::users(), RelayUnderTest::password());
  settings.hostname = host;
  settings.offers.pipelining = random.chance(0.8);
  settings.offers.chunking = random.chance(0.7);
  settings.most_messages = random.chance(0.2) ? random.between(1, 3) : 0;
  settings.bad_token =
      random.chance(0.5) ? sandbox::BadToken::error_step : sandbox::BadToken::refused_at_once;
  settings.deadlines.command =
      std::chrono::seconds(random.chance(0.8) ? 300 : random.between(5, 60));
  const bool strange = fallback && random.chance(0.4);
  settings.most_recipients = strange ? random.between(1, 3) : settings.most_recipients;
  settings.largest_message = strange || random.chance(0.05) ? 1500 : settings.largest_message;
  return settings;
}

Plan draw_plan(Random& random, const Circumstances& circumstances, const PracticeUpstream& first,
               const PracticeUpstream& fallback) {
  Plan plan;
  plan.upstream = draw_upstream(random, first);
  plan.upstream.auth = draw_choice(random, circumstances);
  plan.login = draw_login(random, circumstances);
  if (!circumstances.passthrough && random.chance(0.3)) {
    plan.fallback = draw_upstream(random, fallback);
    plan.upstream.fallback = fallback.host();
  }
  const std::size_t listeners = random.chance(0.5) ? 1 : 2;
  for (std::size_t i = 0; i < listeners; ++i) {
    // Longer than any run, or not at all.
    plan.listeners.push_back(RelayUnderTest::listener(
        "listener-" + std::to_string(i),
        circumstances.remembers ? std::chrono::hours(24) : io::Duration{}));
    plan.listeners.back().auth = draw_client_auth(random, circumstances);
    plan.listeners.back().line_ends =
        circumstances.rejects_bare_line_ends ? smtp::LineEnds::reject : smtp::LineEnds::normalize;
  }
  plan.first_contact = random.chance(0.5);
  return plan;
}

}  // namespace truerelay::simulation
