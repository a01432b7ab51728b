#include "tests/simulation/sweep/told_census.h"

#include <array>
#include <string_view>

namespace truerelay::simulation {
namespace {

struct Row {
  int code;
  std::string_view text;  // With which the first line begins.
  Event event;
};

// The first that fits counts.
constexpr std::array kRows = {
    Row{421, "4.3.2 truerelay is being stopped", Event::told_421_stopping},
    Row{421, "4.3.2 The settings of truerelay", Event::told_421_settings},
    Row{421, "4.4.2 Nothing came for too long", Event::told_421_too_slow},
    Row{432, "", Event::told_432},
    Row{451, "4.3.2 Upstream", Event::told_451_no_turn},
    Row{451, "4.4.1 ", Event::told_451_unreachable},
    Row{451, "4.4.2 Outcome unknown", Event::told_in_doubt},
    Row{451, "4.4.2 ", Event::told_451_lost},
    Row{451, "4.4.3 ", Event::told_451_name},
    Row{451, "4.5.0 ", Event::told_451_violation},
    Row{451, "4.7.5 ", Event::told_451_tls},
    Row{454, "4.7.0 ", Event::told_454_credentials},
    Row{530, "", Event::told_530},
    Row{550, "", Event::told_550},
    Row{552, "", Event::told_552},
    Row{554, "5.6.0 The message has a NUL", Event::told_554_line_ends},
    Row{554, "5.7.8 truerelay gets no access token", Event::told_554_no_token},
    Row{554, "5.7.8 ", Event::told_554_login},
};

void count_reply(const smtp::Reply& reply, Census& census) {
  for (const Row& row : kRows) {
    if (reply.code == row.code && reply.lines.front().starts_with(row.text)) {
      census.count(row.event);
      return;
    }
  }
}

}  // namespace

void count_client(MailClient& client, Census& census) {
  const Manners& manners = client.manners();
  const auto count = [&census](Event event, bool happened) {
    census.count(event, happened ? 1 : 0);
  };
  count(Event::client_pipelines, manners.pipelines);
  count(Event::client_runs_ahead, manners.runs_ahead);
  count(Event::client_says_helo, manners.helo);
  count(Event::client_trickles, manners.trickles);
  count(Event::client_hesitates, manners.hesitates);
  count(Event::client_half_closes, manners.half_closes);
  for (const smtp::Reply& reply : client.logins()) {
    count(manners.user_is_local ? Event::client_logs_in_here : Event::client_logs_in_upstream,
          reply.completion());
    count(Event::client_login_refused, reply.permanent());
    count(Event::client_login_put_off, reply.transient());
  }
  for (const Letter& letter : client.letters()) {
    count(Event::client_wants_copies, letter.copies > 1);
    count(Event::long_body, letter.content.size() > 20'000);
    count(Event::bare_line_ends, has_bare_line_end(letter.content));
  }
  const Told* before = nullptr;
  for (const Told& told : client.told()) {
    count(Event::client_leaves_before_end, told.left_on_purpose && !told.sent_last_byte);
    count(Event::client_leaves_after_dot,
          told.left_on_purpose && told.sent_last_byte && !told.final_reply);
    const bool again = before != nullptr && before->letter->sender == told.letter->sender;
    count(Event::client_comes_again, again && !before->final_reply);
    count(Event::client_corrects, again && before->letter != told.letter);
    before = &told;
  }
}

void count_told(const Told& told, Census& census) {
  if (told.sender.code >= 400) {
    count_reply(told.sender, census);
  }
  for (const auto& [recipient, reply] : told.recipients) {
    count_reply(reply, census);
  }
  if (told.final_reply) {
    count_reply(*told.final_reply, census);
    const bool by_fallback = told.final_reply->completion() &&
                             told.final_reply->lines.back().contains("the fallback of");
    census.count(Event::told_by_fallback, by_fallback ? 1 : 0);
  }
}

void count_record(const observe::MessageRecord& record, Census& census) {
  census.count(Event::told_remembered, record.duplicate ? 1 : 0);
  const bool repaired = record.outcome == observe::Outcome::accepted && record.repairs > 0;
  census.count(Event::told_repaired, repaired ? 1 : 0);
}

}  // namespace truerelay::simulation
