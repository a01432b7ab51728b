#include "tests/simulation/sweep/token_office.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/base64.h"
#include "io/sleep.h"

namespace truerelay::simulation {
namespace {

using oauth::answer_of;

enum class Trouble { slow, down, silent, too_many, out_of_order, garbage };

// Further off than this and an assertion is out of its time.
constexpr std::chrono::minutes kTolerance{5};

oauth::Answer garbage(Random& random) {
  switch (random.between(0, 4)) {
    case 0:
      return answer_of(200, "<html><body>Sign in</body></html>");
    case 1:
      return answer_of(200, R"({"token_type":"Bearer","expires_in":3600})");
    case 2:
      return answer_of(200, "{\"token_type\":\"Bearer\",\"access_token\":\"A\\r\\nMAIL FROM:<>\"}");
    case 3:
      return answer_of(302, "");
    default:
      return answer_of(200, R"({"token_type":"Bearer","access_tok)");
  }
}

long long seconds(io::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// A number of the claims of an assertion; 0 where it is not there.
long long claim(const std::string& assertion, const std::string& name) {
  const std::size_t begin = assertion.find('.') + 1;
  std::string part = assertion.substr(begin, assertion.find('.', begin) - begin);
  std::ranges::replace(part, '-', '+');
  std::ranges::replace(part, '_', '/');
  part.append((4 - part.size() % 4) % 4, '=');
  const std::string claims = base64_decode(part).value_or("");
  const std::size_t at = claims.find("\"" + name + "\":");
  long long value = 0;
  if (at != std::string::npos) {
    const char* const digits = claims.data() + at + name.size() + 3;
    std::from_chars(digits, claims.data() + claims.size(), value);
  }
  return value;
}

}  // namespace

TokenOffice::Temper TokenOffice::Temper::draw(Random& random) {
  Temper temper;
  temper.trouble = random.chance(0.5) ? 0 : 0.5;
  temper.refuses_for_good = random.chance(0.3) ? 0.2 : 0;
  temper.lifetime = std::chrono::seconds(random.scaled_between(10, 3600));
  temper.cut_short = random.chance(0.3) ? 0.5 : 0;
  temper.rotates = random.chance(0.7);
  return temper;
}

TokenOffice::TokenOffice(World& world, Census& census, Temper temper, std::function<void()> changed)
    : store(world),
      world_(world),
      random_(world.random().fork()),
      census_(census),
      temper_(temper),
      changed_(std::move(changed)) {
  store.secrets = {{kLoginName, current_}, {kSecretName, secret_}, {kCertificateName, "key"}};
}

io::Task<io::Result<oauth::Answer>> TokenOffice::post(std::string /*url*/, oauth::Form form,
                                                      io::Time deadline,
                                                      io::Cancellation& cancellation) {
  std::optional<Trouble> trouble;
  if (random_.chance(temper_.trouble)) {
    trouble = static_cast<Trouble>(random_.between(0, 5));
  }
  io::Duration takes{static_cast<io::Duration::rep>(random_.scaled_between(1'000, 300'000))};
  if (trouble == Trouble::slow) {
    census_.count(Event::token_slow);
    takes = std::chrono::seconds(random_.between(1, 40));
  } else if (trouble == Trouble::silent) {
    census_.count(Event::token_endpoint_silent);
    takes = std::chrono::hours(1);
  }
  const io::Time done = world_.now() + takes;
  const bool too_late = done > deadline;
  // What it does may be done although nobody hears of it.
  std::optional<oauth::Answer> answered;
  if (too_late && random_.chance(0.5)) {
    answered = answer(form);
  }
  const bool slept = co_await io::Sleep(world_, world_, std::min(done, deadline), cancellation);
  if (!slept) {
    co_return io::fail(io::Failure::Kind::cancelled, "given up");
  }
  if (too_late) {
    co_return io::fail(io::Failure::Kind::timed_out, "no answer in time");
  }
  if (trouble == Trouble::down) {
    census_.count(Event::token_endpoint_down);
    co_return io::fail(io::Failure::Kind::unreachable, "connection refused");
  }
  if (trouble == Trouble::too_many) {
    census_.count(Event::token_http_429);
    co_return answer_of(429, "", std::chrono::seconds(random_.between(0, 60)));
  }
  if (trouble == Trouble::out_of_order) {
    census_.count(Event::token_http_500);
    co_return answer_of(random_.chance(0.5) ? 500 : 503, "");
  }
  if (trouble == Trouble::garbage) {
    census_.count(Event::token_garbage);
    co_return garbage(random_);
  }
  co_return answer(form);
}

oauth::Answer TokenOffice::answer(const oauth::Form& form) {
  refuses_ = refuses_ || random_.chance(temper_.refuses_for_good);
  if (refuses_) {
    return refuse_for_good();
  }
  if (const std::optional<std::string> refresh = oauth::value_of(form, "refresh_token")) {
    return renew(*refresh);
  }
  if (const std::optional<std::string> assertion = oauth::value_of(form, "client_assertion")) {
    if (out_of_time(*assertion)) {
      census_.count(Event::token_assertion_out_of_time);
      return answer_of(401,
                       R"({"error":"invalid_client","error_codes":[700024],)"
                       R"("error_description":"AADSTS700024: Client assertion is not within its )"
                       R"(valid time range."})");
    }
    return give("");
  }
  if (oauth::value_of(form, "client_secret") != secret_) {
    return answer_of(401, R"({"error":"invalid_client"})");
  }
  return give("");
}

oauth::Answer TokenOffice::renew(const std::string& refresh_token) {
  if (refresh_token == previous_) {
    current_ = "R" + std::to_string(++count_);
    return give(current_);
  }
  if (refresh_token != current_) {
    // A thief, for all it can know.
    reused_ = reused_ || spent_.contains(refresh_token);
    refuses_ = true;
    return refuse_for_good();
  }
  if (!temper_.rotates) {
    return give("");
  }
  if (!previous_.empty()) {
    spent_.insert(previous_);
  }
  previous_ = std::exchange(current_, "R" + std::to_string(++count_));
  return give(current_);
}

oauth::Answer TokenOffice::refuse_for_good() {
  census_.count(Event::token_invalid_grant);
  return answer_of(
      400, random_.chance(0.5) ? R"({"error":"invalid_grant"})" : R"({"error":"invalid_client"})");
}

bool TokenOffice::out_of_time(const std::string& assertion) const {
  const long long now = seconds(world_.true_wall_time());
  return claim(assertion, "nbf") > now + std::chrono::seconds(kTolerance).count() ||
         claim(assertion, "exp") < now - std::chrono::seconds(kTolerance).count();
}

oauth::Answer TokenOffice::give(const std::string& refresh_token) {
  census_.count(Event::token_given);
  io::Duration lives = temper_.lifetime;
  if (random_.chance(temper_.cut_short)) {
    census_.count(Event::token_expired_early);
    lives /= 3;
  }
  const std::string token = "A" + std::to_string(++count_);
  given_.push_back({token, world_.now() + lives});
  changed_();
  return answer_of(
      200, oauth::token_body(
               token, refresh_token,
               static_cast<int>(
                   std::chrono::duration_cast<std::chrono::seconds>(temper_.lifetime).count())));
}

std::vector<std::string> TokenOffice::good_tokens() const {
  std::vector<std::string> good;
  for (const Given& each : given_) {
    if (world_.now() < each.until) {
      good.push_back(each.token);
    }
  }
  return good;
}

void TokenOffice::revoke_tokens() {
  census_.count(Event::token_revoked, given_.empty() ? 0 : 1);
  given_.clear();
  changed_();
}

void TokenOffice::repair() {
  census_.count(Event::login_repaired);
  refuses_ = false;
  spent_.clear();
  previous_.clear();
  current_ = "R" + std::to_string(++count_);
  secret_ = "S" + std::to_string(count_);
  store.secrets = {{kLoginName, current_},
                   {kSecretName, secret_},
                   {kCertificateName, "key " + std::to_string(count_)}};
}

}  // namespace truerelay::simulation
