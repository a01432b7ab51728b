// Engine::reload(), and what it leaves behind.

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "app/engine.h"
#include "io/worker.h"

namespace truerelay::app {
namespace {

using Drawn = std::expected<Blueprint, std::vector<config::Error>>;

Drawn read_and_draw_up(const std::filesystem::path& file, Secrets secrets, const digest::Key& key) {
  std::expected<config::Config, std::vector<config::Error>> config = config::load(file);
  if (!config) {
    return std::unexpected(std::move(config.error()));
  }
  return draw_up(*std::move(config), secrets, key);
}

bool holds(const auto& list, const auto& part) {
  return std::ranges::find(list, part) != list.end();
}

// "new or changed: upstream contoso, listener erp; gone: upstream backup", or that nothing has.
std::string difference(const Generation& before, const Generation& now) {
  std::string changed;
  std::string gone;
  const auto add = [](std::string& list, std::string_view what, const std::string& name) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", what, name);
  };
  const auto compare = [&](std::string_view what, const auto& old_parts, const auto& new_parts) {
    for (const auto& part : new_parts) {
      if (!holds(old_parts, part)) {
        add(changed, what, part->settings().name);
      }
    }
    for (const auto& part : old_parts) {
      const bool named = std::ranges::any_of(new_parts, [&](const auto& each) {
        return each->settings().name == part->settings().name;
      });
      if (!named) {
        add(gone, what, part->settings().name);
      }
    }
  };
  compare("upstream", before.places, now.places);
  compare("listener", before.doors, now.doors);
  if (changed.empty() && gone.empty()) {
    return "no upstream and no listener has changed";
  }
  return fmt::format("{}{}{}{}{}", changed.empty() ? "" : "new or changed: ", changed,
                     changed.empty() || gone.empty() ? "" : "; ",
                     gone.empty() ? "" : "gone: ", gone);
}

// When its time comes, the sessions of a listener are asked to end.
class Patience final : public io::Timer {
 public:
  Patience(io::Clock& clock, relay::Listener& listener) : Timer(clock), listener_(listener) {}
  void last_until(io::Time time) { arm(time); }

 private:
  void expire() override { listener_.retire(); }

  relay::Listener& listener_;
};

}  // namespace

void Engine::reload() {
  if (stopping_.requested()) {
    log_->note(observe::Level::warning, "",
               "the configuration is not read again, for truerelay is being stopped");
    return;
  }
  reload_asked_ = true;
  if (reloads_.running() == 0) {
    reloads_.spawn(carry_out_reloads());
  }
}

io::Task<void> Engine::carry_out_reloads() {
  while (std::exchange(reload_asked_, false)) {
    co_await read_again();
  }
}

io::Task<void> Engine::read_again() {
  const Secrets secrets{vault_, worker_};
  Drawn drawn = co_await io::on_worker(worker_, [file = config_.file, secrets, key = &key_] {
    return read_and_draw_up(file, secrets, *key);
  });
  // From here on there is no wait: it is carried out as a whole, or not at all.
  if (stopping_.requested()) {
    log_->note(observe::Level::warning, "",
               "the configuration that was read does not come into force, for truerelay is being "
               "stopped");
    co_return;
  }
  if (!drawn) {
    refuse(drawn.error());
    co_return;
  }
  std::expected<Sockets::Opened, std::string> opened = sockets_->open(drawn->config);
  if (!opened) {
    refuse({{.file = drawn->config.file, .message = std::move(opened.error())}});
    co_return;
  }
  warn_of(drawn->config.warnings);
  warn_of(drawn->vault_faults);
  if (drawn->config.log != log_settings_ || drawn->config.vault != vault_settings_) {
    log_->note(observe::Level::warning, "",
               "[log] or [vault] has changed: that takes a restart, and until then the old ones "
               "hold");
  }
  const Generation former = generation_;
  take_over(*std::move(drawn), *std::move(opened));
  log_->note(observe::Level::info, "",
             fmt::format("the configuration was read again and is in force: {}",
                         difference(former, generation_)));
  for (const std::shared_ptr<Place>& place : generation_.places) {
    if (!holds(former.places, place)) {
      place->open();
    }
  }
  see_out(former);
}

void Engine::refuse(const std::vector<config::Error>& errors) {
  for (config::Error error : errors) {
    error.source.clear();  // A log line has no room for it.
    log_->note(observe::Level::error, "", config::describe(error));
  }
  log_->note(
      observe::Level::error, "",
      fmt::format("the configuration was read again and does not come into force, for it "
                  "has {}: the former one holds",
                  errors.size() == 1 ? "an error" : fmt::format("{} errors", errors.size())));
}

void Engine::see_out(const Generation& former) {
  for (const std::shared_ptr<Door>& door : former.doors) {
    if (!holds(generation_.doors, door)) {
      former_.spawn(see_out(door));
    }
  }
  for (const std::shared_ptr<Place>& place : former.places) {
    if (!holds(generation_.places, place)) {
      former_.spawn(let_go(place));
    }
  }
}

// Whoever is in the middle of something has drain_timeout for it, and then as long as the
// transaction under way takes: that has deadlines of its own, and its answer is the true one.
io::Task<void> Engine::see_out(std::shared_ptr<Door> door) {
  Patience patience(loop_, door->listener());
  patience.last_until(loop_.now() + config_.drain_timeout);
  co_await door->listener().finished();
  log_->note(observe::Level::info, door->settings().upstream,
             fmt::format("listener {}: the last session with its former settings has ended",
                         door->settings().name));
}

io::Task<void> Engine::let_go(std::shared_ptr<Place> place) {
  place->retire();
  co_await place->unvisited();
  co_await place->close();
  log_->note(observe::Level::info, place->settings().name,
             "the last connection with its former settings is closed");
}

}  // namespace truerelay::app
