#include "relay/opening.h"

#include <fmt/core.h>

#include <utility>

#include "relay/login.h"

namespace truerelay::relay {
namespace {

struct CloseOnCancel final : io::Cancellation::Link {
  CloseOnCancel(io::Cancellation& source, UpstreamConnection& watched)
      : Link(source), connection(watched) {}
  void cancelled() override { connection.close(); }
  UpstreamConnection& connection;
};

// What a reply means that is neither 2xx nor expected otherwise.
std::unexpected<Failure> refusal(Failure::Cause cause, std::string_view command,
                                 const smtp::Reply& reply) {
  if (reply.transient() || reply.permanent()) {
    return fail(cause, fmt::format("its answer to {} is", command), reply);
  }
  return fail(Failure::Cause::protocol_violation, fmt::format("it answered {} with", command),
              reply);
}

class Opening {
 public:
  Opening(const UpstreamSettings& settings, const Upstream::Parts& parts,
          UpstreamConnection& connection, Steps& steps, io::Time deadline)
      : settings_(settings),
        parts_(parts),
        connection_(connection),
        steps_(steps),
        deadline_(deadline),
        step_started_(parts.clock.now()) {}

  io::Task<Result<void>> run(const auth::Credentials* credentials) {
    if (settings_.tls == Tls::implicit) {
      Result<void> secured = co_await secure();
      if (!secured) {
        co_return secured;
      }
    }
    Result<void> greeted = co_await hear_greeting();
    if (!greeted) {
      co_return greeted;
    }
    Result<void> introduced = co_await say_hello();
    if (!introduced) {
      co_return introduced;
    }
    if (settings_.tls == Tls::starttls) {
      Result<void> started = co_await start_tls();
      if (!started) {
        co_return started;
      }
      introduced = co_await say_hello();
      if (!introduced) {
        co_return introduced;
      }
    }
    if (credentials != nullptr) {
      Result<void> logged_in = co_await log_in(connection_, *credentials, settings_, deadline_);
      if (!logged_in) {
        co_return logged_in;
      }
      done("AUTH", smtp::one_line(connection_.login_reply));
    }
    connection_.watch();
    co_return Result<void>{};
  }

 private:
  void done(std::string_view step, const std::string& found) {
    const io::Time now = parts_.clock.now();
    steps_.step(step, now - step_started_, found);
    step_started_ = now;
  }

  io::Task<Result<void>> secure() {
    Result<void> secured =
        co_await connection_.secure(*parts_.tls, settings_.endpoint.host, deadline_);
    if (secured) {
      const io::TlsFacts& tls = connection_.tls;
      done("TLS", fmt::format("{} {}{}; {}", tls.version, tls.cipher,
                              tls.resumed ? ", resumed" : "", tls.certificate));
    }
    co_return secured;
  }

  io::Task<Result<void>> hear_greeting() {
    connection_.expect_greeting();
    Result<smtp::Reply> greeting = co_await connection_.reply(deadline_);
    if (!greeting) {
      const bool silent = greeting.error().cause == Failure::Cause::no_answer;
      if (silent && settings_.endpoint.port == 465 && settings_.tls == Tls::starttls) {
        greeting.error().detail = "it sent no greeting, port 465 needs tls = \"implicit\"";
      }
      co_return std::unexpected(std::move(greeting.error()));
    }
    if (greeting->code != 220) {
      co_return refusal(Failure::Cause::greeting_refused, "the connection", *greeting);
    }
    done("greeting", smtp::one_line(*greeting));
    co_return Result<void>{};
  }

  // EHLO; HELO for a server that knows no EHLO (RFC 5321 section 3.2), which then offers nothing.
  io::Task<Result<void>> say_hello() {
    const std::string ehlo = fmt::format("EHLO {}\r\n", settings_.helo_name);
    Result<smtp::Reply> reply = co_await connection_.ask(ehlo, deadline_);
    if (reply && reply->code == 250) {
      connection_.offered = smtp::parse_capabilities(*reply);
      done("EHLO", smtp::one_line(*reply));
      co_return Result<void>{};
    }
    if (reply && (reply->code == 500 || reply->code == 502)) {
      const std::string helo = fmt::format("HELO {}\r\n", settings_.helo_name);
      reply = co_await connection_.ask(helo, deadline_);
      connection_.offered = {};
    }
    if (!reply) {
      co_return std::unexpected(std::move(reply.error()));
    }
    if (reply->code != 250) {
      co_return refusal(Failure::Cause::greeting_refused, "EHLO", *reply);
    }
    done("HELO", smtp::one_line(*reply));
    co_return Result<void>{};
  }

  io::Task<Result<void>> start_tls() {
    if (!connection_.offered.starttls) {
      co_return fail(Failure::Cause::starttls_not_offered, "");
    }
    Result<smtp::Reply> reply = co_await connection_.ask("STARTTLS\r\n", deadline_);
    if (!reply) {
      co_return std::unexpected(std::move(reply.error()));
    }
    if (reply->code != 220) {
      co_return refusal(Failure::Cause::starttls_not_offered, "STARTTLS", *reply);
    }
    connection_.offered = {};
    Result<void> secured = co_await secure();
    co_return secured;
  }

  const UpstreamSettings& settings_;
  const Upstream::Parts& parts_;
  UpstreamConnection& connection_;
  Steps& steps_;
  io::Time deadline_;
  io::Time step_started_;
};

}  // namespace

io::Task<Result<std::unique_ptr<UpstreamConnection>>> open_connection(
    const UpstreamSettings& settings, const Upstream::Parts& parts,
    const auth::Credentials* credentials, Steps& steps, io::Cancellation& cancellation) {
  const io::Time started = parts.clock.now();
  const io::Time deadline = started + settings.connect_timeout;
  io::Result<io::Connection> dialed =
      co_await parts.dialer.dial(settings.endpoint, deadline, cancellation);
  if (!dialed) {
    Failure failure = from_io(dialed.error());
    if (failure.cause == Failure::Cause::no_answer) {
      failure.cause = Failure::Cause::unreachable;  // RFC 3463: X.4.1 is the attempt, X.4.2 later.
    }
    co_return std::unexpected(std::move(failure));
  }
  steps.step("connect", parts.clock.now() - started, dialed->address);
  auto connection =
      std::make_unique<UpstreamConnection>(parts.clock, parts.executor, std::move(*dialed));
  if (cancellation.requested()) {
    co_return fail(Failure::Cause::stopping, "");
  }
  const CloseOnCancel stop(cancellation, *connection);
  Opening opening(settings, parts, *connection, steps, deadline);
  Result<void> opened = co_await opening.run(credentials);
  if (!opened) {
    co_return std::unexpected(std::move(opened.error()));
  }
  co_return connection;
}

}  // namespace truerelay::relay
