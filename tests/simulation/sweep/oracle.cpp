#include "tests/simulation/sweep/oracle.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "tests/simulation/sweep/copies.h"

namespace truerelay::simulation {
namespace {

using observe::MessageRecord;
using observe::Outcome;

bool in_doubt(const smtp::Reply& reply) {
  return reply.code == 451 && reply.lines.front().starts_with("4.4.2 Outcome unknown");
}

// The acceptance, or where a fallback took it, with one line more that names it.
bool in_words_of(const smtp::Reply& told, const Accepted& message) {
  smtp::Reply said = message.reply;
  if (told.lines.size() == said.lines.size() + 1 &&
      told.lines.back().find(message.upstream) != std::string::npos &&
      told.lines.back().find("fallback") != std::string::npos) {
    said.lines.push_back(told.lines.back());
  }
  return told == said;
}

class Judgement {
 public:
  explicit Judgement(const Case& books) : books_(books), letter_(books.letter), done_(books.done) {}

  std::vector<std::string> run(Tally& tally) {
    for (const Told* told : books_.told) {
      ++tally.letters;
      recipients_were_told_the_truth(*told);
      the_end_was_told_truly(*told, tally);
    }
    accepted_only_what_was_whole();
    accepted_as_often_as_told(tally);
    doubt_only_where_there_is_no_answer();
    the_record_agrees(tally);
    return std::move(wrong_);
  }

 private:
  void say(const std::string& what) { wrong_.push_back(letter_.sender + ": " + what); }

  // T1 and T2 for RCPT: what was told is what an upstream said to it, or to MAIL, or a failure of
  // the relay's own, which is a 4xx save where the login is refused.
  void recipients_were_told_the_truth(const Told& told) {
    for (const auto& [recipient, reply] : told.recipients) {
      const bool failure_of_its_own =
          reply.transient() || reply.lines.front().starts_with("5.7.8 ");
      const bool refusal_of_sender =
          !reply.completion() && std::ranges::find(done_.sender, reply) != done_.sender.end();
      const bool out_of_sequence = !told.sender.completion() && reply.code == 503;
      if (!said_to(recipient, reply) && !failure_of_its_own && !refusal_of_sender &&
          !out_of_sequence) {
        say("recipient " + recipient + " was told " + smtp::one_line(reply) +
            ", which no upstream said");
      }
    }
  }

  bool said_to(const std::string& recipient, const smtp::Reply& reply) const {
    const auto said = done_.recipients.find(recipient);
    return said != done_.recipients.end() &&
           std::ranges::find(said->second, reply) != said->second.end();
  }

  // T6, the body byte for byte, and for whom: as it was told each time that it was sent whole.
  void accepted_only_what_was_whole() {
    for (const Accepted& message : done_.accepted) {
      if (message.content != normalized(letter_.content)) {
        say("its content was altered");
      }
      const auto sent = std::ranges::find_if(books_.told, [&](const Told* told) {
        return told->sent_last_byte && recipients_of(message) == told_accepted(*told) &&
               (told->user.empty() || told->user == message.user);
      });
      if (sent == books_.told.end()) {
        say("accepted by " + message.upstream + " for \"" + message.user +
            "\", which the client did not send whole, for other recipients than it was told, or "
            "as somebody else");
      }
    }
  }

  void the_end_was_told_truly(const Told& told, Tally& tally) {
    if (!told.final_reply) {
      const bool excused = told.left_on_purpose || told.dawdled || told.own_link_faulty;
      if (!excused) {
        say(told.silence ? "the client waited and heard nothing"
                         : "the connection ended, and the client had no final reply");
      }
      ++tally.client_gone;
      return;
    }
    const smtp::Reply& reply = *told.final_reply;
    if (reply.completion()) {
      ++tally.true_accepts;
      const auto same = std::ranges::find_if(done_.accepted, [&](const Accepted& message) {
        return in_words_of(reply, message) && recipients_of(message) == told_accepted(told);
      });
      if (same == done_.accepted.end()) {
        say("told " + smtp::one_line(reply) +
            ", and no upstream accepted it in these words and for the recipients that were told");
      } else {
        tally.by_fallback += reply == same->reply ? 0 : 1;
      }
    } else if (in_doubt(reply)) {
      ++tally.in_doubt;
      if (!told.sent_last_byte) {
        say("in doubt before its last byte was sent");
      }
    } else {
      ++tally.true_refusals;
    }
  }

  // T3, T5 and T7.
  void accepted_as_often_as_told(Tally& tally) {
    std::map<std::set<std::string>, std::vector<const Told*>> same;  // By recipients.
    for (const Told* told : books_.told) {
      if (told->sent_last_byte) {
        same[told_accepted(*told)].push_back(told);
      }
    }
    for (const auto& [recipients, told] : same) {
      const auto accepted = std::ranges::count_if(done_.accepted, [&](const Accepted& message) {
        return recipients_of(message) == recipients;
      });
      const std::size_t doubts = records(Outcome::in_doubt) + books_.unrecorded;
      Copies copies = copies_to_expect(told, doubts, books_.remembers);
      const std::size_t late = overtaken(told, books_.ends);
      copies.most += late;
      tally.overtaken += late;
      if (std::cmp_less(accepted, copies.least)) {
        say("accepted " + std::to_string(accepted) + " times, and the client was told so " +
            std::to_string(copies.least) + " times");
      }
      if (std::cmp_greater(accepted, copies.most)) {
        say("accepted " + std::to_string(accepted) +
            " times: a duplicate, or one that was refused");
      }
    }
  }

  // T4 and T5, both ways: what was handed on whole and never answered is in doubt, and nothing
  // else.
  void doubt_only_where_there_is_no_answer() {
    if (!books_.wire_watched) {
      return;
    }
    const auto unanswered = std::ranges::count_if(
        books_.ends, [](const WireBook::End& end) { return end.handed_on && !end.answered; });
    if (!std::cmp_equal(unanswered, records(Outcome::in_doubt))) {
      say("handed on to its last byte and not answered " + std::to_string(unanswered) +
          " times, and recorded as in doubt " + std::to_string(records(Outcome::in_doubt)));
    }
  }

  std::size_t records(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        books_.records,
        [&](const MessageRecord& each) { return each.outcome == outcome && !each.duplicate; }));
  }

  void the_record_agrees(Tally& tally) {
    std::size_t told_accepts = 0;
    std::size_t told_doubts = 0;
    for (const Told* told : books_.told) {
      told_accepts += told->final_reply && told->final_reply->completion() ? 1 : 0;
      told_doubts += told->final_reply && in_doubt(*told->final_reply) ? 1 : 0;
    }
    std::size_t remembered = 0;
    for (const MessageRecord& record : books_.records) {
      remembered += record.duplicate ? 1 : 0;
      tally.repaired += record.outcome == Outcome::accepted && record.repairs > 0 ? 1 : 0;
    }
    tally.remembered += remembered;
    const std::size_t accepted = done_.accepted.size();
    if (records(Outcome::accepted) > accepted) {
      say("recorded as accepted more often than it was");
    }
    const std::size_t missing = books_.unrecorded;  // Each may have said anything.
    if (accepted > records(Outcome::accepted) + records(Outcome::in_doubt) + missing) {
      say("accepted, and the record says neither accepted nor in doubt");
    }
    if (told_accepts > records(Outcome::accepted) + remembered + missing) {
      say("told accepted, and recorded otherwise");
    }
    if (told_doubts > records(Outcome::in_doubt) + missing) {
      say("told in doubt, and recorded otherwise");
    }
  }

  const Case& books_;
  const Letter& letter_;
  const Done& done_;
  std::vector<std::string> wrong_;
};

}  // namespace

void Tally::add(const Tally& other) {
  letters += other.letters;
  true_accepts += other.true_accepts;
  by_fallback += other.by_fallback;
  remembered += other.remembered;
  repaired += other.repaired;
  overtaken += other.overtaken;
  true_refusals += other.true_refusals;
  in_doubt += other.in_doubt;
  client_gone += other.client_gone;
}

std::vector<std::string> judge(const Case& books, Tally& tally) {
  return Judgement(books).run(tally);
}

}  // namespace truerelay::simulation
