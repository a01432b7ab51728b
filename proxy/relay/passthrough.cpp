#include "relay/passthrough.h"

#include <utility>

#include "relay/own_replies.h"

namespace truerelay::relay {

io::Task<LoginAnswer> log_in_as_client(smtp::Auth command, Client& client, UpstreamSide& side,
                                       io::Time until) {
  GivenLogin given = co_await hear_login(std::move(command), client, until);
  if (!given) {
    co_return std::move(given.error());
  }
  const Asker asker{.group = &side.listener,
                    .client = &client,
                    .until = side.upstream.parts().clock.now() + side.upstream.settings().patience,
                    .cancellation = side.cancellation,
                    .message = false};
  Result<Lease> lease = co_await side.upstream.lease(&*given, asker);
  if (lease) {
    side.as_client = std::move(*given);
    co_return LoginAnswer{(*lease)->login_reply, false};
  }
  const Failure& failure = lease.error();
  const bool upstream_answered = failure.cause == Failure::Cause::login_refused ||
                                 failure.cause == Failure::Cause::login_deferred;
  co_return LoginAnswer{upstream_answered && failure.words
                            ? *failure.words
                            : reply_for(failure, side.upstream.settings()),
                        false};
}

}  // namespace truerelay::relay
