#include "oauth/device_login.h"

#include <algorithm>

#include "io/sleep.h"
#include "oauth/code_login.h"

namespace truerelay::oauth {
namespace {

constexpr io::Duration kRequest = std::chrono::seconds(30);
constexpr io::Duration kSlowDown = std::chrono::seconds(5);  // RFC 8628 section 3.5
constexpr io::Duration kLongestInterval = std::chrono::minutes(1);

// What to do after a request that brought no token: the pause before the next, or nothing.
std::optional<io::Duration> next_interval(const TokenFailure& failure, io::Duration interval) {
  if (failure.error == "authorization_pending") {
    return interval;
  }
  if (failure.permanent) {
    return std::nullopt;
  }
  const io::Duration slower = failure.error == "slow_down"
                                  ? interval + kSlowDown
                                  : std::min(interval * 2, kLongestInterval);
  return std::max(slower, std::min(failure.retry_after.value_or(slower), kLongestInterval));
}

io::Task<TokenResult<DeviceCode>> begin(const DeviceLogin& login, const SourceParts& parts,
                                        io::Cancellation& cancellation) {
  UsedSecrets secrets(parts.store, parts.digest_key);
  const TokenResult<Client> client = co_await prove(login.client, parts.proof, secrets);
  if (!client) {
    co_return std::unexpected(client.error());
  }
  const io::Result<Answer> answer =
      co_await parts.endpoint.post(login.device_endpoint, device_request(*client, login.scope),
                                   parts.proof.clock.now() + kRequest, cancellation);
  if (!answer) {
    co_return std::unexpected(unanswered(answer.error(), login.device_endpoint));
  }
  co_return read_device_response(*answer, device_request(*client, login.scope));
}

io::Task<TokenResult<Token>> poll(const DeviceLogin& login, const SourceParts& parts,
                                  const Redacted& device_code, io::Cancellation& cancellation) {
  UsedSecrets secrets(parts.store, parts.digest_key);
  const TokenResult<Client> client = co_await prove(login.client, parts.proof, secrets);
  if (!client) {
    co_return std::unexpected(client.error());
  }
  TokenResult<Token> token = co_await ask_for_token(
      parts.endpoint, login.token_endpoint, device_poll_request(*client, device_code),
      parts.proof.clock.now() + kRequest, cancellation);
  co_return token;
}

}  // namespace

io::Task<TokenResult<Token>> log_in_by_device(const DeviceLogin& login, const SourceParts& parts,
                                              io::Executor& executor,
                                              std::function<void(const DeviceCode&)> show,
                                              io::Cancellation& cancellation) {
  const TokenResult<DeviceCode> code = co_await begin(login, parts, cancellation);
  if (!code) {
    co_return std::unexpected(code.error());
  }
  show(*code);
  io::Clock& clock = parts.proof.clock;
  const io::Time end = clock.now() + code->lifetime;
  io::Duration interval = code->interval;
  while (true) {
    const io::Time next = clock.now() + interval;
    const bool slept = co_await io::Sleep(clock, executor, next, cancellation);
    if (!slept || next >= end) {
      co_return std::unexpected(
          TokenFailure{.permanent = true,
                       .cause = slept ? "nobody logged in in time" : "the login was broken off",
                       .remedy = "Begin the login anew"});
    }
    TokenResult<Token> token = co_await poll(login, parts, code->device_code, cancellation);
    if (token && token->refresh.empty()) {
      co_return std::unexpected(no_refresh_token());
    }
    if (token) {
      co_return token;
    }
    const std::optional<io::Duration> pause = next_interval(token.error(), interval);
    if (!pause) {
      co_return token;
    }
    interval = *pause;
  }
}

}  // namespace truerelay::oauth
