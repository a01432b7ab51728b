// What comes before a transaction: STARTTLS and AUTH.
#include <utility>

#include "sandbox/login.h"
#include "sandbox/submission.h"

namespace truerelay::sandbox {

std::optional<smtp::Reply> Submission::unready_for_auth() const {
  if (!hello_ || !hello_->extended) {
    return smtp::Reply(503, "5.5.1 Send EHLO first");
  }
  if (user_) {
    return smtp::Reply(503, "5.5.1 You are logged in already");
  }
  if (transaction_) {
    return smtp::Reply(503, "5.5.1 AUTH does not come within a transaction");
  }
  if (settings_.offers.auth.empty()) {
    return smtp::Reply(502, "5.5.1 AUTH is not offered");
  }
  if (!secured_ && !settings_.auth_without_tls) {
    return smtp::Reply(538, "5.7.11 Encryption required for requested authentication mechanism");
  }
  if (failed_logins_ >= settings_.most_logins) {
    return smtp::Reply(421, "4.7.0 Too many failed logins, closing the connection");
  }
  return std::nullopt;
}

io::Task<void> Submission::authenticate(smtp::Auth auth) {
  if (std::optional<smtp::Reply> unready = unready_for_auth()) {
    object(*std::move(unready));
    co_return;
  }
  io::Result<LoginResult> result = co_await log_in(connection_, settings_, std::move(auth));
  if (!result) {
    broken(result.error());
    co_return;
  }
  services_.ledger.login(id_, result->login);
  if (result->login.accepted) {
    user_ = result->login.user;
  } else {
    ++failed_logins_;
  }
  answer(result->reply);
}

io::Task<void> Submission::start_tls() {
  if (services_.tls == nullptr) {
    object({502, "5.5.1 STARTTLS is not offered"});
    co_return;
  }
  if (secured_) {
    object(smtp::Reply(503, "5.5.1 The connection is secured already"));
    co_return;
  }
  if (!hello_ || transaction_) {
    object(smtp::Reply(503, "5.5.1 STARTTLS comes after EHLO and before MAIL"));
    co_return;
  }
  if (!connection_.input().empty()) {
    // Whoever put it there hopes that it is taken for a command from inside TLS (CVE-2011-0411).
    answer({554, "5.5.1 Commands came together with STARTTLS, closing the connection"});
    end(End::finish, "plaintext after STARTTLS");
    co_return;
  }
  answer({220, "2.0.0 Ready to start TLS"});
  io::Result<void> flushed = co_await connection_.flush();
  if (!flushed) {
    broken(flushed.error());
    co_return;
  }
  io::Result<io::SecuredStream> secured = co_await services_.tls->secure(connection_.release());
  if (!secured) {
    end(End::drop, secured.error().detail);
    co_return;
  }
  connection_.adopt(std::move(secured->stream));
  services_.ledger.secured(id_, secured->facts);
  // RFC 3207 section 4.2: what was said before is forgotten.
  secured_ = true;
  hello_.reset();
  user_.reset();
}

}  // namespace truerelay::sandbox
