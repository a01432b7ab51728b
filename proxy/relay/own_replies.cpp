#include "relay/own_replies.h"

#include <fmt/compile.h>

#include <array>

#include "base/ascii.h"

namespace truerelay::relay {
namespace {

struct Row {
  Failure::Cause cause;
  int code;
  std::string_view status;  // The enhanced status code (RFC 3463).
  std::string_view what;    // {0}: the upstream's name, {1}: host:port
  // {0}: the upstream's name, {1}: host:port, {2}: its file, {3}: the key that stands for the
  // secret
  std::string_view remedy;
};

constexpr std::array kRows = {
    Row{Failure::Cause::name_not_resolved, 451, "4.4.3",
        "truerelay cannot find the address of upstream {0} ({1})",
        "Check \"host\" in {2} and the name servers of this machine; nothing was sent, try again"},
    Row{Failure::Cause::unreachable, 451, "4.4.1", "truerelay cannot reach upstream {0} ({1})",
        "Check \"host\" and \"port\" in {2} and the firewall; nothing was sent, try again"},
    Row{Failure::Cause::proxy_failed, 451, "4.4.1",
        "truerelay cannot reach upstream {0} ({1}) through its proxy",
        "Check \"via\" in {2}, and whether the proxy lets this machine connect to {1}; nothing was "
        "sent, try again"},
    Row{Failure::Cause::no_answer, 451, "4.4.2", "Upstream {0} ({1}) did not answer in time",
        "Nothing was sent, try again"},
    Row{Failure::Cause::connection_lost, 451, "4.4.2",
        "The connection to upstream {0} ({1}) was lost", "Nothing was sent, try again"},
    Row{Failure::Cause::connection_closed, 451, "4.4.2", "Upstream {0} ({1}) closed the connection",
        "Nothing was sent, try again"},
    Row{Failure::Cause::over_budget, 451, "4.3.2",
        "Upstream {0} ({1}) takes no more messages of this login just now",
        "Nothing was sent, try again; see \"max_connections\" and \"rate_per_minute\" in {2}"},
    Row{Failure::Cause::answers_changed, 451, "4.4.2",
        "The connection to upstream {0} ({1}) was lost, and on another one it did not take again "
        "what it had taken",
        "Nothing was sent, try again"},
    Row{Failure::Cause::first_copy_open, 451, "4.4.2",
        "The same message, from a client that has left, still awaits the answer of upstream {0} "
        "({1})",
        "Nothing was sent a second time, try again"},
    Row{Failure::Cause::chunks_failed, 451, "4.5.0",
        "Upstream {0} ({1}) offers CHUNKING and failed at it",
        "Nothing was sent, try again: it gets DATA from now on; see \"chunking\" in {2}"},
    Row{Failure::Cause::greeting_refused, 451, "4.4.1",
        "Upstream {0} ({1}) does not take connections from here", "Nothing was sent, try again"},
    Row{Failure::Cause::tls_refused, 451, "4.7.5",
        "There is no trusted TLS connection to upstream {0} ({1})",
        "Check \"host\", \"port\", \"tls\" and \"ca_file\" in {2}; nothing was sent"},
    Row{Failure::Cause::starttls_not_offered, 451, "4.7.5",
        "Upstream {0} ({1}) offers no STARTTLS, so nothing is sent to it",
        "Check \"port\" and \"tls\" in {2}, and whether a firewall alters SMTP"},
    Row{Failure::Cause::protocol_violation, 451, "4.5.0",
        "Upstream {0} ({1}) gave an answer that SMTP does not allow",
        "Check \"host\" and \"port\" in {2}; nothing was sent, try again"},
    Row{Failure::Cause::no_mechanism, 554, "5.7.8",
        "Upstream {0} ({1}) offers no login that truerelay is set up for",
        "Check \"auth\" and \"tls\" in {2}: many servers offer a login only after TLS"},
    Row{Failure::Cause::no_credentials, 554, "5.7.8",
        "truerelay has no usable password for upstream {0} ({1})", "Check \"{3}\" in {2}"},
    Row{Failure::Cause::no_token, 554, "5.7.8",
        "truerelay gets no access token for upstream {0} ({1})", "Check [oauth] in {2}"},
    Row{Failure::Cause::credentials_deferred, 454, "4.7.0",
        "truerelay cannot get credentials for upstream {0} ({1}) just now",
        "Nothing was sent, try again"},
    Row{Failure::Cause::login_refused, 554, "5.7.8",
        "Upstream {0} ({1}) refused the login; it said:", "Check \"user\" and \"{3}\" in {2}"},
    Row{Failure::Cause::login_deferred, 454, "4.7.0",
        "Upstream {0} ({1}) refused the login for now; it said:", "Nothing was sent, try again"},
    Row{Failure::Cause::needs_smtp_utf8, 553, "5.6.7",
        "Upstream {0} ({1}) takes no addresses beyond ASCII (SMTPUTF8)",
        "Correct the address in the sending program"},
    Row{Failure::Cause::in_doubt, 451, "4.4.2",
        "Outcome unknown: upstream {0} ({1}) got the whole message and gave no answer",
        "It may or may not have been accepted; look there before sending it again"},
    Row{Failure::Cause::stopping, 421, "4.3.2", "truerelay is being stopped",
        "Nothing was sent, try again later"},
};

const Row& row_of(Failure::Cause cause) {
  for (const Row& row : kRows) {
    if (row.cause == cause) {
      return row;
    }
  }
  std::abort();
}

smtp::Reply own_reply(int code, std::string_view status, std::string_view text) {
  return {code, fmt::format(FMT_COMPILE("{} {}"), status, text)};
}

// "192.0.2.1" of "192.0.2.1:49152", "2001:db8::1" of "[2001:db8::1]:49152"
std::string_view host_of(std::string_view address) {
  address = address.substr(0, address.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

}  // namespace

smtp::Reply reply_for(const Failure& failure, const UpstreamSettings& upstream) {
  if (failure.cause == Failure::Cause::connection_closed && failure.words->code == 421) {
    return *failure.words;
  }
  const Row& row = row_of(failure.cause);
  const std::string where = fmt::format("{}:{}", upstream.endpoint.host, upstream.endpoint.port);
  const auto filled = [&](std::string_view text) {
    return fmt::format(fmt::runtime(text), upstream.name, where, upstream.file,
                       upstream.secret_key);
  };
  smtp::Reply reply(row.code, std::vector<std::string>{});
  const auto add = [&](std::string_view text) {
    reply.lines.push_back(fmt::format("{} {}", row.status, text));
  };
  std::string what = filled(row.what);
  if (!failure.detail.empty()) {
    what += (what.ends_with(':') ? " " : ": ") + printable(failure.detail, 1024);
  }
  add(what);
  if (failure.words) {
    for (const std::string& line : failure.words->lines) {
      add(fmt::format("{} {}", failure.words->code, line));
    }
  }
  if (!failure.besides.empty()) {
    add(printable(failure.besides, 1024));
  }
  add(failure.remedy.empty() ? filled(row.remedy) : printable(failure.remedy, 1024));
  return reply;
}

namespace own {

smtp::Reply greeting(std::string_view host_name) {
  return {220, fmt::format(FMT_COMPILE("{} ESMTP truerelay"), host_name)};
}
smtp::Reply hello(std::string_view host_name, std::string_view client) {
  return {250, fmt::format(FMT_COMPILE("{} greets {}"), host_name, printable(client, 255))};
}
smtp::Reply sender_noted() {
  return own_reply(250, "2.1.0",
                   "Sender noted; the upstream's answer comes with the first recipient");
}
smtp::Reply go_ahead() { return {354, "Send the message, ending with a line of one dot"}; }
smtp::Reply taken_by_fallback(smtp::Reply acceptance, std::string_view fallback,
                              std::string_view first) {
  acceptance.lines.push_back(
      fmt::format("2.0.0 This was upstream {}, the fallback of {}", fallback, first));
  return acceptance;
}
smtp::Reply reset_done() { return own_reply(250, "2.0.0", "Forgotten"); }
smtp::Reply nothing_done() { return own_reply(250, "2.0.0", "OK"); }
smtp::Reply cannot_verify() {
  return own_reply(252, "2.5.0", "Cannot verify; send the message and hear the upstream's answer");
}
smtp::Reply help() {
  return own_reply(214, "2.0.0", "truerelay passes SMTP on to an upstream; see its README");
}
smtp::Reply goodbye(std::string_view host_name) {
  return own_reply(221, "2.0.0", fmt::format(FMT_COMPILE("{} closes the connection"), host_name));
}
smtp::Reply ready_for_tls() { return own_reply(220, "2.0.0", "Ready to start TLS"); }
smtp::Reply not_allowed(std::string_view address, std::string_view listener) {
  return own_reply(
      554, "5.7.1",
      fmt::format("{0} may not use truerelay's listener \"{1}\"; add \"{0}\" to its \"allow\"",
                  host_of(address), listener));
}
smtp::Reply too_many_clients(std::string_view listener) {
  return own_reply(
      421, "4.3.2",
      fmt::format(
          "All client connections of listener \"{}\" are in use (\"max_clients\"); try later",
          listener));
}
smtp::Reply foreign_protocol(std::string_view what) {
  return own_reply(500, "5.5.2", fmt::format("This is an SMTP server, and that was {}", what));
}
smtp::Reply hello_first() { return own_reply(503, "5.5.1", "Send EHLO or HELO first"); }
smtp::Reply authenticate_first() {
  return own_reply(530, "5.7.0", "Authentication required: the upstream is to know who sends");
}
smtp::Reply log_in_first() {
  return own_reply(530, "5.7.0", "Authentication required: log in as a user of truerelay's");
}
smtp::Reply tls_first() {
  return own_reply(538, "5.7.11", "Send STARTTLS first: a password must not go in the clear");
}
smtp::Reply logged_in() { return own_reply(235, "2.7.0", "Authentication successful"); }
smtp::Reply wrong_login() {
  return own_reply(535, "5.7.8",
                   "Wrong user or password; truerelay's users are made with 'truerelay secret user "
                   "add'");
}
smtp::Reply users_unavailable() {
  return own_reply(454, "4.7.0", "The login cannot be checked just now; truerelay's log says why");
}
smtp::Reply nested_mail() {
  return own_reply(503, "5.5.1", "A transaction is open already; send RSET to drop it");
}
smtp::Reply mail_first() { return own_reply(503, "5.5.1", "Send MAIL FROM first"); }
smtp::Reply no_recipients() {
  return own_reply(554, "5.5.1", "No recipient was accepted, so there is nobody to send to");
}
smtp::Reply too_many_recipients() {
  return own_reply(452, "4.5.3", "Too many recipients for one message; send the rest in another");
}
smtp::Reply too_large(std::uint64_t limit) {
  return own_reply(552, "5.3.4",
                   fmt::format("The message is larger than the {} octets that may be sent here; "
                               "nothing was sent",
                               limit));
}
smtp::Reply bad_line_ends() {
  return own_reply(554, "5.6.0",
                   "The message has a NUL or a line end other than CRLF, which this listener does "
                   "not take; nothing was sent");
}
smtp::Reply not_implemented(std::string_view verb) {
  return own_reply(502, "5.5.1", fmt::format("{} is not offered here", verb));
}
smtp::Reply no_auth_here() {
  return own_reply(503, "5.5.1", "No login is needed here: truerelay logs in upstream by itself");
}
smtp::Reply auth_not_now() {
  return own_reply(503, "5.5.1", "AUTH was done already, or a transaction is open");
}
smtp::Reply unknown_mechanism() { return own_reply(504, "5.5.4", "Use AUTH PLAIN or AUTH LOGIN"); }
smtp::Reply auth_cancelled() { return own_reply(501, "5.7.0", "Authentication cancelled"); }
smtp::Reply auth_malformed() {
  return own_reply(501, "5.5.2", "That is not what the AUTH mechanism expects in base64");
}
smtp::Reply pipelined_tls() {
  return own_reply(554, "5.5.1", "Nothing may follow STARTTLS before the handshake");
}
smtp::Reply line_too_long() { return own_reply(500, "5.5.2", "The command line is too long"); }
smtp::Reply too_many_errors() {
  return own_reply(421, "4.7.0", "Too many errors; the connection is closed");
}
smtp::Reply client_too_slow() {
  return own_reply(421, "4.4.2", "Nothing came for too long; the connection is closed");
}
smtp::Reply incomplete() {
  return own_reply(421, "4.4.2", "The data ended before its final dot; nothing was sent");
}
smtp::Reply stopping() {
  return own_reply(421, "4.3.2", "truerelay is being stopped; try again later");
}
smtp::Reply settings_changed() {
  return own_reply(421, "4.3.2", "The settings of truerelay have changed; connect again");
}

}  // namespace own
}  // namespace truerelay::relay
