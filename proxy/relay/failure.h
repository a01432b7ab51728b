#pragma once

#include <expected>
#include <optional>
#include <string>

#include "io/failure.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// Why the relay itself could not do what the client asked for (rule T8). Each becomes an SMTP reply
// in own_replies.cpp, and nowhere else.
struct Failure {
  enum class Cause {
    name_not_resolved,     // The upstream's host has no address.
    unreachable,           // No address of it takes the connection.
    proxy_failed,          // The proxy on the way to it gives no connection.
    no_answer,             // It took longer than its deadline.
    connection_lost,       // The connection broke before the message was complete.
    connection_closed,     // It said that it closes the connection (421), or made that necessary.
    greeting_refused,      // 4xx or 5xx instead of 220, or to EHLO.
    tls_refused,           // Handshake or certificate.
    starttls_not_offered,  // Or refused.
    protocol_violation,    // It answered what no server may answer.
    no_mechanism,          // No AUTH mechanism fits.
    no_credentials,        // The password file cannot be used.
    no_token,              // The token service refuses for good.
    credentials_deferred,  // The token service is not to be had just now.
    login_refused,         // 5xx to AUTH.
    login_deferred,        // 4xx to AUTH.
    over_budget,           // No turn came within `patience`.
    answers_changed,       // On another connection a recipient was not accepted any more.
    first_copy_open,       // The same message awaits its answer, and its client has left.
    chunks_failed,         // It offers CHUNKING and fails at it.
    needs_smtp_utf8,       // An address that the upstream cannot take.
    in_doubt,              // The last byte was handed over, and no answer came.
    stopping,              // The service is being stopped.
  };

  Cause cause;
  std::string detail;                // A clause without a full stop, for an administrator.
  std::optional<smtp::Reply> words;  // The upstream's own, where it said something.
  std::string besides{};             // A sentence without a full stop: what was tried after that.
  std::string remedy{};              // Likewise, in the place of the usual one of its cause.
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(Failure::Cause cause, std::string detail) {
  return std::unexpected(Failure{cause, std::move(detail), std::nullopt});
}
[[nodiscard]] inline std::unexpected<Failure> fail(Failure::Cause cause, std::string detail,
                                                   smtp::Reply words) {
  return std::unexpected(Failure{cause, std::move(detail), std::move(words)});
}

// What a failed wait for the upstream means for the relay.
[[nodiscard]] Failure from_io(const io::Failure& failure);

}  // namespace truerelay::relay
