#include "config/limits.h"

#include <fmt/core.h>

#include <bit>
#include <chrono>
#include <string_view>

#include "config/values.h"

namespace truerelay::config {
namespace {

using namespace std::chrono_literals;

// Of all messages together; a single one cannot be kept beyond it either.
constexpr std::uint64_t kKeptOfAll = 32ULL << 20U;

// RFC 5321 section 4.5.3.2.7 lets a server hang up after so long a silence; sections 4.5.3.2.2
// and .3 let a client give up.
constexpr Duration kSilence = 5min;

void read_number(TableReader& reader, std::string_view key, unsigned least, unsigned most,
                 unsigned& into) {
  into = static_cast<unsigned>(reader.integer(key, least, most).value_or(into));
}

void read_connections(TableReader& reader, const Preset* preset, Upstream& upstream) {
  if (preset != nullptr && preset->max_connections > 0) {
    upstream.max_connections = preset->max_connections;
  }
  if (preset != nullptr) {
    upstream.rate_per_minute = preset->rate_per_minute;
  }
  read_number(reader, "max_connections", 1, 1000, upstream.max_connections);
  read_number(reader, "rate_per_minute", 0, 100'000, upstream.rate_per_minute);
  read_number(reader, "max_messages_per_connection", 0, 100'000,
              upstream.max_messages_per_connection);
  upstream.idle_close = reader.duration("idle_close", 1s, 1h).value_or(upstream.idle_close);
  upstream.keep_warm = reader.boolean("keep_warm").value_or(upstream.keep_warm);
  if (upstream.keep_warm && upstream.idle_close >= kSilence) {
    reader.warning("idle_close",
                   fmt::format("with keep_warm = true a NOOP is sent after {} of silence, but "
                               "many servers hang up after {} or sooner: idle_close = \"1m\"",
                               duration_text(upstream.idle_close), duration_text(kSilence)));
  }
}

void read_patience(TableReader& reader, Upstream& upstream) {
  upstream.patience = reader.duration("patience", 0ms, 10min).value_or(upstream.patience);
  if (upstream.patience > kSilence) {
    reader.warning("patience",
                   "most programs give up sooner than that and take it for a failure; an answer in "
                   "time serves them better: patience = \"2m\" or less");
  }
}

void read_replay(TableReader& reader, Upstream& upstream) {
  upstream.replay_buffer =
      reader.size("replay_buffer", 0, kKeptOfAll).value_or(upstream.replay_buffer);
  upstream.replay_file = reader.boolean("replay_file").value_or(upstream.replay_file);
  if (upstream.replay_buffer == 0 && upstream.replay_file) {
    reader.warning("replay_file",
                   "'replay_file' has no effect with replay_buffer = 0, which keeps nothing");
    upstream.replay_file = false;
  }
  const std::uint64_t fitting = kKeptOfAll / upstream.max_connections;
  if (upstream.replay_buffer > fitting && !upstream.replay_file) {
    reader.warning(
        reader.has("replay_buffer") ? "replay_buffer" : "max_connections",
        fmt::format("{} messages of {} are more than the {} that are kept of all messages "
                    "together; one that finds no room fails with 451 where its connection is lost: "
                    "replay_buffer = \"{}\" fits",
                    upstream.max_connections, size_text(upstream.replay_buffer),
                    size_text(kKeptOfAll), size_text(std::bit_floor(fitting))));
  }
}

}  // namespace

void read_limits(TableReader& reader, const Preset* preset, Upstream& upstream) {
  read_connections(reader, preset, upstream);
  read_patience(reader, upstream);
  read_replay(reader, upstream);
}

}  // namespace truerelay::config
