#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace truerelay::simulation {

// What is to happen in the simulated worlds, each often enough to count as tried. A generator that
// has died is seen by its empty row.
enum class Event {
  // Clients.
  client_pipelines,
  client_runs_ahead,
  client_says_helo,
  client_trickles,
  client_hesitates,
  client_half_closes,
  client_leaves_before_end,
  client_leaves_after_dot,
  client_comes_again,
  client_corrects,
  client_link_faulty,
  client_wants_copies,
  long_body,
  bare_line_ends,
  client_logs_in_upstream,
  client_logs_in_here,
  client_login_refused,
  client_login_put_off,
  // The way to the upstreams.
  name_unknown,
  name_silent,
  connection_refused,
  host_in_outage,
  link_reset,
  link_half_close,
  link_hang_up,
  link_stall,
  link_freeze,
  link_corrupted,
  link_byte_by_byte,
  certificate_of_stranger,
  certificate_of_other_host,
  certificate_expired,
  // What upstreams do.
  greeting_refused,
  greeting_garbled,
  command_put_off,
  said_432,
  said_454,
  left_with_421,
  left_with_421_in_body,
  left_with_421_idle,
  garbage_for_answer,
  end_answered_with_garbage,
  // Tokens.
  token_given,
  token_slow,
  token_endpoint_down,
  token_endpoint_silent,
  token_http_429,
  token_http_500,
  token_garbage,
  token_invalid_grant,
  token_assertion_out_of_time,
  token_expired_early,
  token_revoked,
  login_repaired,
  // The relay's own life.
  reload_under_way,
  reload_outlasted,
  stop_under_way,
  stop_cut_short,
  wall_clock_step,
  scratch_used,
  scratch_full,
  // What clients were told.
  told_by_fallback,
  told_remembered,
  told_repaired,
  told_in_doubt,
  told_421_stopping,
  told_421_settings,
  told_421_too_slow,
  told_432,
  told_451_no_turn,
  told_451_unreachable,
  told_451_lost,
  told_451_name,
  told_451_violation,
  told_451_tls,
  told_454_credentials,
  told_530,
  told_550,
  told_552,
  told_554_line_ends,
  told_554_login,
  told_554_no_token,
};
inline constexpr std::size_t kEvents = static_cast<std::size_t>(Event::told_554_no_token) + 1;

// "name unknown"
[[nodiscard]] std::string_view name(Event event);

class Census {
 public:
  void count(Event event, std::uint64_t times = 1) {
    counts_.at(static_cast<std::size_t>(event)) += times;
  }
  void add(const Census& other);

  // "    1234  name unknown", a line for each.
  [[nodiscard]] std::string text() const;
  // Those that happened less often than once in `sessions_each`.
  [[nodiscard]] std::vector<Event> rare(std::uint64_t sessions, std::uint64_t sessions_each) const;

 private:
  std::array<std::uint64_t, kEvents> counts_{};
};

}  // namespace truerelay::simulation
