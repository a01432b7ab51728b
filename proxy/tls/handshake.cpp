#include "tls/handshake.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "tls/certificate_text.h"
#include "tls/handshake_failure.h"
#include "tls/tls_stream.h"

namespace truerelay::tls {
namespace {

using Kind = io::Failure::Kind;

// As much of what the peer sends first as is worth quoting.
constexpr std::size_t kFirstBytes = 64;

struct Step {
  enum class Outcome { done, needs_more, failed };
  Outcome outcome = Outcome::needs_more;
  std::string why;  // Of the failure.
};

Step advance(SSL& ssl, const Attempt& attempt, std::string_view first_bytes) {
  ERR_clear_error();
  const int result = SSL_do_handshake(&ssl);
  if (result == 1) {
    ERR_clear_error();
    return {Step::Outcome::done, {}};
  }
  if (SSL_get_error(&ssl, result) == SSL_ERROR_WANT_READ) {
    ERR_clear_error();
    return {Step::Outcome::needs_more, {}};
  }
  std::string why = describe_failed_handshake(ssl, first_bytes);
  if (!attempt.refusal.empty()) {
    return {Step::Outcome::failed, attempt.refusal};
  }
  return {Step::Outcome::failed,
          fmt::format("the TLS handshake with {} failed: {}", printable(attempt.host), why)};
}

io::TlsFacts facts_of(const SSL& ssl) {
  const bssl::UniquePtr<X509> certificate(SSL_get_peer_certificate(&ssl));
  const SSL_CIPHER* cipher = SSL_get_current_cipher(&ssl);
  return {.version = SSL_get_version(&ssl),
          .cipher = cipher != nullptr ? SSL_CIPHER_standard_name(cipher) : "",
          .resumed = SSL_session_reused(&ssl) == 1,
          .certificate = certificate ? describe(*certificate) : std::string()};
}

std::unexpected<io::Failure> broken(const io::Failure& failure, const Attempt& attempt) {
  return io::fail(failure.kind, fmt::format("{} (during the TLS handshake with {})", failure.detail,
                                            printable(attempt.host)));
}

}  // namespace

io::Task<io::Result<io::SecuredStream>> handshake(std::unique_ptr<io::Stream> lower,
                                                  bssl::UniquePtr<SSL> ssl,
                                                  std::unique_ptr<Attempt> attempt) {
  Ciphertext ciphertext;
  connect(*ssl, ciphertext);
  SSL_set_app_data(ssl.get(), attempt.get());
  std::string first_bytes;
  while (true) {
    const Step step = advance(*ssl, *attempt, first_bytes);
    if (!ciphertext.out.empty()) {
      const Buffer flight = std::exchange(ciphertext.out, Buffer{});
      const io::Result<void> sent = co_await lower->write(flight.readable());
      if (!sent && step.outcome != Step::Outcome::failed) {
        co_return broken(sent.error(), *attempt);
      }
    }
    if (step.outcome == Step::Outcome::failed) {
      co_return io::fail(Kind::tls_refused, step.why);
    }
    if (step.outcome == Step::Outcome::done) {
      break;
    }
    const io::Result<std::size_t> received = co_await lower->read(ciphertext.in);
    if (!received) {
      co_return broken(received.error(), *attempt);
    }
    if (*received == 0) {
      co_return io::fail(Kind::tls_refused, fmt::format("the TLS handshake with {} failed: {}",
                                                        printable(attempt->host),
                                                        describe_ended_handshake(first_bytes)));
    }
    const std::string_view fresh = ciphertext.in.readable();
    first_bytes += fresh.substr(0, kFirstBytes - std::min(kFirstBytes, first_bytes.size()));
  }
  io::TlsFacts facts = facts_of(*ssl);
  auto secured = std::make_unique<TlsStream>(std::move(lower), std::move(ssl),
                                             std::exchange(ciphertext, {}), std::move(attempt));
  co_return io::SecuredStream{std::move(secured), std::move(facts)};
}

}  // namespace truerelay::tls
