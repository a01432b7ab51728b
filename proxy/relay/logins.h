#pragma once

#include <optional>
#include <string>

#include "io/clock.h"
#include "io/task.h"
#include "relay/client.h"
#include "relay/client_login.h"
#include "relay/services.h"
#include "relay/transaction.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// Whether the client of one session has to log in, may, and has: upstream as itself
// (`auth = "passthrough"`), or here as a user of truerelay's own (a listener's `auth`). Not both.
class Logins {
 public:
  // `address` is the client's, for the log.
  Logins(const Services& services, UpstreamSide& side, Client& client, std::string address)
      : services_(services), side_(side), client_(client), address_(std::move(address)) {}

  // AUTH is of use now, on a connection that is secured or not.
  [[nodiscard]] bool offered(bool secured) const;
  // Why AUTH cannot be carried out now, which is else in order; nullopt where it can.
  [[nodiscard]] std::optional<smtp::Reply> refusal(bool secured) const;
  // Why MAIL has to wait; nullopt where it need not.
  [[nodiscard]] std::optional<smtp::Reply> mail_refusal() const;

  io::Task<LoginAnswer> log_in(smtp::Auth command, io::Time until);
  [[nodiscard]] bool under_way() const { return under_way_; }
  // Which of truerelay's own users the client is; empty: none.
  [[nodiscard]] const std::string& local_user() const { return local_user_; }
  // The client has tried often enough.
  [[nodiscard]] bool used_up() const;

  // What was said before STARTTLS does not count (RFC 3207 section 4.2).
  void forget();

 private:
  [[nodiscard]] bool done() const { return side_.as_client || !local_user_.empty(); }
  [[nodiscard]] bool here() const { return side_.listener.auth != ClientAuth::none; }
  [[nodiscard]] bool tls_comes_first(bool secured) const;

  const Services& services_;
  UpstreamSide& side_;
  Client& client_;
  const std::string address_;
  bool under_way_ = false;
  std::string local_user_;
  unsigned wrong_ = 0;
};

}  // namespace truerelay::relay
