#include "app/engine.h"

#include <fmt/core.h>

#include <utility>

#include "app/digest_key.h"
#include "app/egress.h"
#include "app/expiries.h"
#include "app/open_vault.h"
#include "app/settings.h"
#include "app/tokens.h"
#include "app/upstream_parts.h"
#include "io/sleep.h"
#include "net/tcp_dialer.h"
#include "observe/log.h"
#include "platform/random.h"
#include "platform/unnamed_file.h"
#include "tls/server_context.h"

namespace truerelay::app {

struct Engine::Place {
  Place(UpstreamParts owned, std::unique_ptr<io::Dialer> through, Tokens kept,
        relay::UpstreamSettings settings, const relay::Upstream::Parts& uses)
      : parts(std::move(owned)),
        proxy(std::move(through)),
        tokens(std::move(kept)),
        upstream(std::move(settings), uses) {}
  UpstreamParts parts;
  std::unique_ptr<io::Dialer> proxy;  // Null where connections go straight.
  Tokens tokens;                      // Empty without [oauth].
  std::unique_ptr<oauth::ExpiryWatch> watch{};
  relay::Upstream upstream;
};

struct Engine::Door {
  std::unique_ptr<io::TlsServer> tls;
  relay::Listener listener;
  std::vector<std::unique_ptr<net::Listener>> sockets;
};

Engine::Engine(const config::Config& config)
    : vault_(config.vault.file, key_places(config.vault)),
      worker_(loop_),
      dialer_(std::make_unique<net::TcpDialer>(loop_)),
      key_(draw_key()),
      duplicates_(key_, loop_, loop_),
      scratch_(loop_, platform::large_temporary_folder()),
      contacts_(loop_),
      supervision_(loop_),
      stop_asked_(loop_),
      drain_timeout_(config.drain_timeout),
      id_prefix_(fmt::format("{:04x}", platform::random_bits() & 0xFFFFU)) {}

Engine::~Engine() = default;

std::expected<std::unique_ptr<Engine>, std::string> Engine::start(const config::Config& config) {
  std::unique_ptr<Engine> engine(new Engine(config));
  std::expected<std::unique_ptr<observe::Log>, std::string> log =
      observe::Log::open(log_settings(config.log));
  if (!log) {
    return std::unexpected(std::move(log.error()));
  }
  engine->log_ = std::move(*log);
  engine->warn_of(config.warnings);
  engine->warn_of(faults_of_vault(config, engine->vault_));
  engine->services_.reset(new relay::Services{
      engine->loop_, engine->loop_, *engine->log_, engine->stopping_, engine->stopped_,
      engine->duplicates_, engine->replay_memory_, engine->scratch_});
  std::expected<void, std::string> opened = engine->open_upstreams(config);
  if (opened) {
    opened = engine->open_doors(config);
  }
  if (!opened) {
    if (!config.log.file.empty()) {  // Otherwise whoever starts it tells it on the same screen.
      engine->log_->note(observe::Level::error, "", opened.error());
    }
    return std::unexpected(std::move(opened.error()));
  }
  return engine;
}

void Engine::warn_of(std::vector<config::Error> warnings) {
  for (config::Error& warning : warnings) {
    warning.source.clear();  // A log line has no room for it.
    log_->note(observe::Level::warning, "", config::describe(warning, "warning"));
  }
}

std::expected<void, std::string> Engine::open_upstreams(const config::Config& config) {
  TrustStores trust;
  for (const config::Upstream& upstream : config.upstreams) {
    if (!config::is_used(config, upstream)) {
      continue;
    }
    std::expected<UpstreamParts, std::string> parts =
        make_upstream_parts(upstream, trust, {vault_, worker_});
    if (!parts) {
      return std::unexpected(fmt::format("Upstream {}: {}", upstream.name, parts.error()));
    }
    std::unique_ptr<io::Dialer> proxy = dialer_via_proxy(upstream, *dialer_);
    io::Dialer& dialer = proxy ? *proxy : *dialer_;
    std::expected<Tokens, std::string> tokens =
        upstream.oauth ? make_tokens(upstream, {loop_, worker_, vault_, trust}, dialer,
                                     note_about(upstream.name))
                       : Tokens{};
    if (!tokens) {
      return std::unexpected(
          fmt::format("Upstream {}: [oauth]: {}", upstream.name, tokens.error()));
    }
    auth::CredentialSource* const credentials =
        tokens->keeper ? tokens->keeper.get() : parts->credentials.get();
    const relay::Upstream::Parts uses{loop_,       loop_, *log_, dialer, parts->tls.get(),
                                      credentials, key_};
    places_.push_back(std::make_unique<Place>(std::move(*parts), std::move(proxy),
                                              *std::move(tokens), upstream_settings(upstream),
                                              uses));
    if (upstream.oauth) {
      watch_expiries(upstream, *places_.back());
    }
  }
  for (const std::unique_ptr<Place>& place : places_) {
    if (relay::Upstream* const other = find(place->upstream.settings().fallback)) {
      place->upstream.fall_back_to(*other);
    }
  }
  return {};
}

oauth::Note Engine::note_about(std::string upstream) {
  return [this, name = std::move(upstream)](oauth::Weight weight, std::string_view text) {
    const observe::Level level = weight == oauth::Weight::error     ? observe::Level::error
                                 : weight == oauth::Weight::warning ? observe::Level::warning
                                                                    : observe::Level::info;
    log_->note(level, name, text);
  };
}

void Engine::watch_expiries(const config::Upstream& upstream, Place& place) {
  place.watch = std::make_unique<oauth::ExpiryWatch>(
      loop_, loop_, [this, upstream] { return look_up_expiries(upstream, {vault_, worker_}); },
      [this, name = upstream.name](const std::string& warning) {
        log_->note(observe::Level::warning, name, warning);
      });
}

relay::Upstream* Engine::find(std::string_view upstream) const {
  for (const std::unique_ptr<Place>& place : places_) {
    if (place->upstream.settings().name == upstream) {
      return &place->upstream;
    }
  }
  return nullptr;
}

std::expected<void, std::string> Engine::open_doors(const config::Config& config) {
  for (const config::Listener& listener : config.listeners) {
    std::unique_ptr<io::TlsServer> tls;
    if (listener.tls != config::Tls::none) {
      std::expected<std::unique_ptr<tls::ServerContext>, std::string> context =
          tls::ServerContext::load(listener.certificate_file, listener.key_file);
      if (!context) {
        return std::unexpected(fmt::format("Listener {}: {}", listener.name, context.error()));
      }
      tls = std::move(*context);
    }
    io::TlsServer* const tls_server = tls.get();
    doors_.push_back(std::unique_ptr<Door>(
        new Door{std::move(tls),
                 {*services_, listener_settings(listener), *find(listener.upstream), tls_server},
                 {}}));
    Door& door = *doors_.back();
    for (const config::ListenAddress& address : listener.address) {
      io::Result<std::unique_ptr<net::Listener>> socket = net::Listener::open(
          loop_, {address.host, address.port},
          [this, &door](std::unique_ptr<io::Stream> stream, io::Peer peer) {
            door.listener.accept(std::move(stream), std::move(peer), next_session_id());
          },
          [this](std::string_view trouble) { log_->note(observe::Level::error, "", trouble); });
      if (!socket) {
        return std::unexpected(
            fmt::format("Listener {}: {}", listener.name, socket.error().detail));
      }
      log_->note(observe::Level::info, listener.upstream,
                 fmt::format("listener {} takes SMTP at {}", listener.name, (*socket)->address()));
      door.sockets.push_back(std::move(*socket));
    }
  }
  return {};
}

std::string Engine::next_session_id() { return fmt::format("{}-{}", id_prefix_, ++sessions_); }

void Engine::heed_signals() {
  signals_ = std::make_unique<net::Signals>(loop_, [this](net::Signal signal) {
    if (signal != net::Signal::hang_up) {
      stop();
    }
  });
}

void Engine::stop() {
  if (stopping_.requested()) {
    drained_.cancel();
  } else {
    stop_asked_.notify();
  }
}

std::vector<std::string> Engine::addresses() const {
  std::vector<std::string> all;
  for (const std::unique_ptr<Door>& door : doors_) {
    for (const std::unique_ptr<net::Listener>& socket : door->sockets) {
      all.push_back(socket->address());
    }
  }
  return all;
}

void Engine::run() {
  for (const std::unique_ptr<Place>& place : places_) {
    contacts_.spawn(place->upstream.make_first_contact(stopping_));
    if (place->watch) {
      contacts_.spawn(place->watch->run(stopping_));
    }
  }
  supervision_.spawn(supervise());
  loop_.run();
}

// Waits for the wish to stop, and then sees the sessions out.
io::Task<void> Engine::supervise() {
  co_await stop_asked_.wait();
  log_->note(
      observe::Level::info, "",
      fmt::format("stopping: messages under way have up to {} s, a second signal ends the wait",
                  std::chrono::duration_cast<std::chrono::seconds>(drain_timeout_).count()));
  for (const std::unique_ptr<Door>& door : doors_) {
    for (const std::unique_ptr<net::Listener>& socket : door->sockets) {
      socket->stop();
    }
  }
  stopping_.cancel();
  io::Scope waiting(loop_);
  waiting.spawn(await_sessions());
  const bool too_late = co_await io::Sleep(loop_, loop_, loop_.now() + drain_timeout_, drained_);
  if (too_late) {
    log_->note(observe::Level::warning, "",
               "the time to finish is over: what is left hears 421 and ends");
  }
  stopped_.cancel();
  co_await waiting.finished();
  log_->note(observe::Level::info, "", "stopped");
  signals_.reset();
  loop_.stop();
}

io::Task<void> Engine::await_sessions() {
  for (const std::unique_ptr<Door>& door : doors_) {
    co_await door->listener.finished();
  }
  co_await contacts_.finished();
  for (const std::unique_ptr<Place>& place : places_) {
    co_await place->upstream.close();
    if (place->tokens.keeper) {
      co_await place->tokens.keeper->close();
    }
  }
  drained_.cancel();
}

}  // namespace truerelay::app
