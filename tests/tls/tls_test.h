#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/tls.h"
#include "tests/tls/stream_pair.h"
#include "tls/client_context.h"
#include "tls/practice_authority.h"
#include "tls/server_context.h"
#include "tls/trust_store.h"

namespace truerelay::tls_test {

using Secured = io::Result<io::SecuredStream>;
using Validity = tls::PracticeAuthority::Validity;

// A coroutine that starts at once and goes with this object, wherever it is waiting then.
class Fiber {
 public:
  struct promise_type {
    Fiber get_return_object() {
      return Fiber(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
  explicit Fiber(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Fiber(Fiber&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Fiber& operator=(Fiber&&) = delete;
  ~Fiber() {
    if (frame_) {
      frame_.destroy();
    }
  }
  [[nodiscard]] bool done() const { return frame_.done(); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T>
Fiber store(io::Task<T> task, std::optional<T>& into) {
  T value = co_await std::move(task);
  into.emplace(std::move(value));
}

inline Fiber read_into(io::Stream& stream, Buffer& buffer,
                       std::optional<io::Result<std::size_t>>& result,
                       std::size_t at_most = io::Stream::kReadSize) {
  io::Result<std::size_t> count = co_await stream.read(buffer, at_most);
  result.emplace(std::move(count));
}

inline Fiber write_from(io::Stream& stream, std::string_view bytes,
                        std::optional<io::Result<void>>& result) {
  io::Result<void> written = co_await stream.write(bytes);
  result.emplace(std::move(written));
}

// Reads until the end of the stream, a failure, or `enough` bytes.
inline Fiber read_all(io::Stream& stream, std::string& all,
                      std::optional<io::Result<std::size_t>>& last,
                      std::size_t enough = Way::kUnlimited) {
  while (all.size() < enough) {
    Buffer buffer;
    io::Result<std::size_t> count = co_await stream.read(buffer);
    const bool goes_on = count && *count > 0;
    all += buffer.readable();
    last.emplace(std::move(count));
    if (!goes_on) {
      break;
    }
  }
}

inline constexpr const char* kHost = "mail.example.com";

inline io::WallTime wall_now() {
  return std::chrono::time_point_cast<io::Duration>(std::chrono::system_clock::now());
}
inline Validity valid_days(int from, int until) {
  return {wall_now() + std::chrono::days(from), wall_now() + std::chrono::days(until)};
}

// An authority, the trust in it, and a client and a server that shake hands in memory.
class TlsTest : public testing::Test {
 protected:
  struct Hands {
    std::optional<Secured> client;
    std::optional<Secured> server;
  };

  // Both sides over `pair`, until nothing moves any more.
  Hands shake(io::TlsClient& client, io::TlsServer& server, Pair& pair,
              const std::string& host = kHost) {
    Hands hands;
    const Fiber serving = store(server.secure(std::move(pair.server)), hands.server);
    const Fiber asking = store(client.secure(std::move(pair.client), host), hands.client);
    loop.run();
    return hands;
  }
  Hands shake(io::TlsClient& client, io::TlsServer& server, const std::string& host = kHost) {
    Pair pair(loop);
    return shake(client, server, pair, host);
  }

  // What the client says to a certificate; the handshake must fail with tls_refused.
  std::string refusal(const tls::PracticeAuthority::Issued& issued,
                      const std::string& host = kHost) {
    const auto server = serve(issued);
    const auto client = client_of();
    const Hands hands = shake(*client, *server, host);
    return refusal_of(hands.client);
  }
  static std::string refusal_of(const std::optional<Secured>& result) {
    if (!result) {
      ADD_FAILURE() << "the handshake has not ended";
      return {};
    }
    if (*result) {
      ADD_FAILURE() << "the handshake has succeeded";
      return {};
    }
    EXPECT_EQ(result->error().kind, io::Failure::Kind::tls_refused);
    return result->error().detail;
  }

  std::unique_ptr<tls::ClientContext> client_of(tls::ClientContext::Settings settings) {
    auto context = tls::ClientContext::create(std::move(settings));
    return std::move(context.value());
  }
  std::unique_ptr<tls::ClientContext> client_of() { return client_of({.trust = trust}); }

  std::unique_ptr<tls::ServerContext> serve(const tls::PracticeAuthority::Issued& issued) {
    auto context = tls::ServerContext::parse(issued.chain, issued.key);
    return std::move(context.value());
  }
  std::unique_ptr<tls::ServerContext> serve() { return serve(good()); }

  tls::PracticeAuthority::Issued good() {
    return authority.issue(
        {.common_name = kHost, .names = {kHost}, .addresses = {}, .validity = valid_days(-1, 30)});
  }

  Loop loop;
  const tls::PracticeAuthority authority{"Practice CA", valid_days(-1000, 1000)};
  const std::shared_ptr<const tls::TrustStore> trust =
      tls::TrustStore::parse(authority.certificate(), "practice.pem").value();
};

}  // namespace truerelay::tls_test
