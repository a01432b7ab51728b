#include "app/engine.h"

#include <fmt/compile.h>

#include <algorithm>
#include <utility>

#include "app/digest_key.h"
#include "app/settings.h"
#include "app/vault_users.h"
#include "io/sleep.h"
#include "net/tcp_dialer.h"
#include "observe/log.h"
#include "platform/process.h"
#include "platform/random.h"
#include "platform/unnamed_file.h"

namespace truerelay::app {
namespace {

bool has_users(const config::Config& config) {
  return std::ranges::any_of(config.listeners, [](const config::Listener& listener) {
    return listener.auth != config::ClientAuth::none;
  });
}

}  // namespace

Engine::Engine(const config::Config& config)
    : vault_(config.vault.file, key_places(config.vault)),
      worker_(loop_),
      dialer_(std::make_unique<net::TcpDialer>(loop_)),
      key_(draw_key()),
      duplicates_(key_, loop_, loop_),
      scratch_(loop_, platform::large_temporary_folder()),
      standings_(loop_),
      log_settings_(config.log),
      vault_settings_(config.vault),
      config_(config),
      former_(loop_),
      reloads_(loop_),
      supervision_(loop_),
      stop_asked_(loop_),
      id_prefix_(fmt::format("{:04x}", platform::random_bits() & 0xFFFFU)) {}

Engine::~Engine() {
  for (const std::shared_ptr<Place>& place : generation_.places) {
    place->let_fallback_go();
  }
}

std::expected<std::unique_ptr<Engine>, std::string> Engine::start(const config::Config& config) {
  std::unique_ptr<Engine> engine(new Engine(config));
  std::expected<std::unique_ptr<observe::Log>, std::string> log =
      observe::Log::open(log_settings(config.log));
  if (!log) {
    return std::unexpected(std::move(log.error()));
  }
  engine->log_ = std::move(*log);
  engine->warn_of(config.warnings);
  engine->services_.reset(new relay::Services{
      engine->loop_, engine->loop_, *engine->log_, engine->stopping_, engine->stopped_,
      engine->duplicates_, engine->replay_memory_, engine->scratch_, nullptr});
  engine->around_.reset(new Surroundings{engine->loop_, engine->worker_, engine->vault_,
                                         *engine->log_, *engine->dialer_, engine->key_});
  engine->sockets_ = std::make_unique<Sockets>(
      engine->loop_, *engine->log_,
      [engine = engine.get()](Door& door, std::unique_ptr<io::Stream> stream, io::Peer peer) {
        door.listener().accept(std::move(stream), std::move(peer), engine->next_session_id());
      });
  std::expected<Blueprint, std::vector<config::Error>> drawn =
      draw_up(config, {engine->vault_, engine->worker_}, engine->key_);
  std::expected<Sockets::Opened, std::string> opened =
      drawn ? engine->sockets_->open(config) : std::unexpected(drawn.error().front().message);
  if (!opened) {
    if (!config.log.file.empty()) {  // Otherwise whoever starts it tells it on the same screen.
      engine->log_->note(observe::Level::error, "", opened.error());
    }
    return std::unexpected(std::move(opened.error()));
  }
  engine->warn_of(drawn->vault_faults);
  engine->take_over(*std::move(drawn), *std::move(opened));
  return engine;
}

void Engine::warn_of(std::vector<config::Error> warnings) {
  for (config::Error& warning : warnings) {
    warning.source.clear();  // A log line has no room for it.
    log_->note(observe::Level::warning, "", config::describe(warning, "warning"));
  }
}

// From here on nothing can fail.
void Engine::take_over(Blueprint drawn, Sockets::Opened opened) {
  config_ = drawn.config;
  if (!local_users_ && has_users(config_)) {
    local_users_ = std::make_unique<VaultUsers>(Secrets{vault_, worker_});
    services_->local_users = local_users_.get();
  }
  Generation next = build(std::move(drawn), generation_, standings_, *around_, *services_);
  sockets_->lead_to(next, std::move(opened));
  generation_ = std::move(next);
}

std::string Engine::next_session_id() {
  return fmt::format(FMT_COMPILE("{}-{}"), id_prefix_, ++sessions_);
}

void Engine::heed_signals() {
  signals_ = std::make_unique<net::Signals>(loop_, [this](net::Signal signal) {
    if (signal == net::Signal::hang_up && platform::hanging_up_means_reload()) {
      reload();
    } else {
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

std::vector<std::string> Engine::addresses() const { return sockets_->addresses(); }

void Engine::run() {
  for (const std::shared_ptr<Place>& place : generation_.places) {
    place->open();
  }
  supervision_.spawn(supervise());
  loop_.run();
}

// Waits for the wish to stop, and then sees the sessions out.
io::Task<void> Engine::supervise() {
  co_await stop_asked_.wait();
  const config::Duration drain_timeout = config_.drain_timeout;
  log_->note(
      observe::Level::info, "",
      fmt::format("stopping: messages under way have up to {} s, a second signal ends the wait",
                  std::chrono::duration_cast<std::chrono::seconds>(drain_timeout).count()));
  sockets_->stop();
  stopping_.cancel();
  for (const std::shared_ptr<Place>& place : generation_.places) {
    place->end();
    if (place->tokens()) {
      place->tokens()->keeper().rest();
    }
  }
  io::Scope waiting(loop_);
  waiting.spawn(await_sessions());
  const bool too_late = co_await io::Sleep(loop_, loop_, loop_.now() + drain_timeout, drained_);
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
  co_await reloads_.finished();  // Nothing changes any more.
  co_await former_.finished();
  for (const std::shared_ptr<Door>& door : generation_.doors) {
    co_await door->listener().finished();
  }
  io::Scope closing(loop_);
  for (const std::shared_ptr<Place>& place : generation_.places) {
    closing.spawn(close(place));
  }
  co_await closing.finished();
  drained_.cancel();
}

io::Task<void> Engine::close(std::shared_ptr<Place> place) { co_await place->close(); }

}  // namespace truerelay::app
