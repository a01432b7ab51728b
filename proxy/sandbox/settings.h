#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/redacted.h"
#include "smtp/capabilities.h"

namespace truerelay::sandbox {

// Who may log in to the practice upstream. PLAIN and LOGIN ask for the password, XOAUTH2 and
// OAUTHBEARER for the token; an empty one never matches. A user who has several secrets, as one
// token and its successor, stands there several times.
struct Account {
  std::string user;  // Case does not matter, as with mailbox names at the large providers.
  Redacted password;
  Redacted token;
  // Whatever secret comes is right: to practise with a real configuration, whose secret nobody
  // wants to copy into another place.
  bool any_secret = false;
};

// What a bad OAuth token is answered with.
enum class BadToken {
  error_step,  // 334 and a JSON object, the client's empty answer, 535 (RFC 7628 section 3.2.2).
  refused_at_once  // 535 straight away, as Office 365 does.
};

struct Deadlines {
  std::chrono::milliseconds command{300'000};  // For a whole line (RFC 5321 section 4.5.3.2.7).
  std::chrono::milliseconds reply{60'000};     // For the client to take what is said to it.
  std::chrono::milliseconds handshake{30'000};
  // A body may take this long, and one second more for every `body_octets_per_second` that came.
  std::chrono::milliseconds body{180'000};
  std::uint64_t body_octets_per_second = 1024;
  // How long the connection stays half open after the last reply, so that the client can read it.
  std::chrono::milliseconds goodbye{2'000};
};

// The extensions that large submission servers have. STARTTLS, SIZE's number and the presence of
// AUTH are decided in the session.
[[nodiscard]] inline smtp::Capabilities usual_offers() {
  smtp::Capabilities offers;
  offers.eight_bit_mime = true;
  offers.smtp_utf8 = true;
  offers.dsn = true;
  offers.enhanced_status_codes = true;
  offers.pipelining = true;
  offers.chunking = true;
  offers.size_offered = true;
  offers.auth = {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"};
  return offers;
}

// How the practice upstream behaves. Outlives the sessions that it is given to, unchanged.
struct Settings {
  std::string hostname = "sandbox.invalid";
  // What EHLO offers, and so what is taken: a parameter or command of an extension that is not
  // offered is refused, and so is pipelining.
  smtp::Capabilities offers = usual_offers();
  std::vector<Account> accounts;
  bool require_auth = true;       // MAIL before AUTH: 530 5.7.0.
  bool require_tls = true;        // MAIL before STARTTLS: 530 5.7.0.
  bool auth_without_tls = false;  // Otherwise AUTH is neither offered nor taken in plaintext.
  BadToken bad_token = BadToken::error_step;
  // A bare CR, a bare LF or a NUL in a message: 554 5.6.0; a command that ends with a bare LF:
  // 500 5.5.2. Otherwise such commands are taken, and line ends are normalised after DATA and left
  // alone after BDAT.
  bool strict_line_ends = true;
  std::uint64_t largest_message = 36'700'160;  // Octets, 35 MiB; announced with SIZE.
  std::size_t most_recipients = 500;           // Accepted ones in a transaction; then 452 4.5.3.
  std::size_t most_errors = 20;   // Commands that should not have come; then 421 and the end.
  std::size_t most_logins = 3;    // Failed ones; then 421 and the end.
  std::size_t most_messages = 0;  // Transactions of a connection; then 421 to MAIL. 0: any number.
  Deadlines deadlines;
};

}  // namespace truerelay::sandbox
