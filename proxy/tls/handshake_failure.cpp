#include "tls/handshake_failure.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "tls/error_queue.h"

namespace truerelay::tls {
namespace {

constexpr std::string_view kHint =
    "is this the right port, and does it expect STARTTLS or implicit TLS?";

// RFC 8446 section 5.1: every record begins with its type, of which there are these.
bool begins_a_record(std::string_view bytes) {
  return !bytes.empty() && bytes.front() >= SSL3_RT_CHANGE_CIPHER_SPEC &&
         bytes.front() <= SSL3_RT_APPLICATION_DATA;
}

// What the peer says if it is not TLS: "it answered in plain text (\"220 mail.example.com\"); ..."
std::optional<std::string> no_tls(std::string_view first_bytes) {
  if (first_bytes.empty() || begins_a_record(first_bytes)) {
    return std::nullopt;
  }
  const std::string_view line = first_bytes.substr(0, first_bytes.find_first_of("\r\n"));
  const bool is_text = !line.empty() && std::none_of(line.begin(), line.end(), [](char c) {
    return ascii_control(c) || static_cast<unsigned char>(c) >= 0x80;
  });
  return fmt::format("the peer does not speak TLS here: it answered {} (\"{}\"); {}",
                     is_text ? "in plain text" : "with something else",
                     printable(is_text ? line : first_bytes.substr(0, 16)), kHint);
}

std::string version_too_old(const SSL& ssl) {
  const bool needs_13 = SSL_get_min_proto_version(&ssl) == TLS1_3_VERSION;
  return fmt::format("the peer offers no version of TLS that is allowed here: {} is required",
                     needs_13 ? "TLSv1.3" : "TLSv1.2 or newer");
}

// BoringSSL counts the alerts that it receives from here on.
constexpr int kFirstAlert = 1000;

std::string alert_text(int reason) {
  return fmt::format("the peer refused with the TLS alert '{}' ({})",
                     SSL_alert_desc_string_long(reason - kFirstAlert), reason - kFirstAlert);
}

// The first entry of the queue that TLS itself made is the cause: what stands before it is from the
// depths of the cipher, what follows are its consequences. Empties the queue.
struct Cause {
  bool is_tls = false;
  int reason = 0;
  std::string words;
};
Cause take_cause() {
  auto cause = ERR_peek_error();
  while (const auto entry = ERR_get_error()) {
    if (ERR_GET_LIB(entry) == ERR_LIB_SSL) {
      cause = entry;
      break;
    }
  }
  ERR_clear_error();
  const char* words = ERR_reason_error_string(cause);
  return {ERR_GET_LIB(cause) == ERR_LIB_SSL, ERR_GET_REASON(cause),
          words_of(words != nullptr ? words : "unknown reason")};
}

}  // namespace

std::string describe_failed_handshake(const SSL& ssl, std::string_view first_bytes) {
  const Cause cause = take_cause();
  if (const std::optional<std::string> foreign = no_tls(first_bytes)) {
    return *foreign;
  }
  if (!cause.is_tls) {
    return cause.words;
  }
  switch (cause.reason) {
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return fmt::format("{}: {}", alert_text(cause.reason), version_too_old(ssl));
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return version_too_old(ssl);
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return fmt::format("the peer does not speak TLS here ({}); {}", cause.words, kHint);
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SHARED_GROUP:
    case SSL_R_NO_COMMON_SIGNATURE_ALGORITHMS:
      return fmt::format("the peer and this side have no cipher in common ({})", cause.words);
    default:
      return cause.reason >= kFirstAlert ? alert_text(cause.reason) : cause.words;
  }
}

std::string describe_ended_handshake(std::string_view first_bytes) {
  if (const std::optional<std::string> foreign = no_tls(first_bytes)) {
    return *foreign;
  }
  return "the peer closed the connection in the middle of the handshake";
}

std::string describe_broken_connection() {
  const Cause cause = take_cause();
  if (cause.is_tls && cause.reason >= kFirstAlert) {
    return fmt::format("the peer ended the TLS connection with the alert '{}' ({})",
                       SSL_alert_desc_string_long(cause.reason - kFirstAlert),
                       cause.reason - kFirstAlert);
  }
  return fmt::format("the TLS connection is broken: {}", cause.words);
}

}  // namespace truerelay::tls
