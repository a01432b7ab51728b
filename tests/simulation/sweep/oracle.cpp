#include "tests/simulation/sweep/oracle.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tests/simulation/sweep/copies.h"
#include "tests/simulation/sweep/own_words.h"

namespace truerelay::simulation {
namespace {

using observe::MessageRecord;
using observe::Outcome;

// The acceptance, or where a fallback took it, with one line more that names it.
bool in_words_of(const smtp::Reply& told, const Accepted& message) {
  smtp::Reply said = message.reply;
  if (told.lines.size() == said.lines.size() + 1 &&
      told.lines.back().find(message.upstream) != std::string::npos &&
      told.lines.back().find("fallback") != std::string::npos) {
    said.lines.push_back(told.lines.back());
  }
  return said.code == 0 || told == said;
}

class Judgement {
 public:
  explicit Judgement(const Case& books) : books_(books), letter_(books.letter), done_(books.done) {}

  std::vector<std::string> run(Tally& tally) {
    for (const Told* told : books_.told) {
      if (!contents_.contains(told->letter)) {
        contents_[told->letter] = normalized(told->letter->content);
      }
    }
    for (const Told* told : books_.told) {
      verdicts_.push_back(end_of(*told));
      judge_opening(*told);
    }
    only_whole_line_ends_went_on();
    accepted_only_what_was_whole();
    accepted_as_often_as_told(tally);
    doubt_only_where_there_is_no_answer();
    the_record_agrees(tally);
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      ++tally.letters;
      ++tally.messages[verdicts_[i]];
      judge_recipients(*books_.told[i], verdicts_[i], tally);
    }
    for (const Verdict each : besides_) {
      ++tally.messages[each];
    }
    return std::move(wrong_);
  }

 private:
  // The kind stands in front: "duplicate: ...".
  void say(Verdict kind, const std::string& what) {
    wrong_.push_back(std::string(plural(kind)) + ": " + letter_.sender + ": " + what);
  }
  // About the letter, and not about the one time that it came.
  void say_besides(Verdict kind, const std::string& what) {
    say(kind, what);
    besides_.push_back(kind);
  }

  // --- Before the recipients, T3 ---

  // A 2xx to AUTH or MAIL is the upstream's, save the one to MAIL that makes no claim.
  void judge_opening(const Told& told) {
    if (told.stranger) {
      say_besides(Verdict::lie_of_acceptance, "logged in with a password that is not its user's");
    }
    const smtp::Reply& reply = told.sender;
    if (reply.completion() && done_.answers_known &&
        !reply.lines.front().starts_with("2.1.0 Sender noted") &&
        std::ranges::find(done_.sender, reply) == done_.sender.end()) {
      say_besides(Verdict::lie_of_acceptance,
                  "the sender was told " + smtp::one_line(reply) + ", which no upstream said");
    }
  }

  // --- What one client was told of the message, T1, T2, T3 and T5 ---

  Verdict end_of(const Told& told) {
    if (!told.final_reply) {
      if (told.excused()) {
        return Verdict::unheard;
      }
      say(Verdict::silence, told.silence
                                ? "the client waited and heard nothing"
                                : "the connection ended, and the client had no final reply");
      return Verdict::silence;
    }
    const smtp::Reply& reply = *told.final_reply;
    if (reply.completion()) {
      return acceptance_of(told, reply);
    }
    if (says_in_doubt(reply)) {
      if (told.sent_last_byte) {
        return Verdict::in_doubt;
      }
      say(Verdict::false_doubt, "in doubt before its last byte was sent");
      return Verdict::false_doubt;
    }
    if (says_bad_line_ends(reply) &&
        !(books_.rejects_bare_line_ends && has_bare_line_end(told.letter->content))) {
      say(Verdict::lie_of_refusal, "told " + smtp::one_line(reply) + ", which is not so");
      return Verdict::lie_of_refusal;
    }
    // That nobody accepted it is counted below.
    if (said_by_somebody(reply)) {
      return Verdict::true_refusal;
    }
    say(Verdict::lie_of_refusal, "told " + smtp::one_line(reply) + ", which no upstream said");
    return Verdict::lie_of_refusal;
  }

  Verdict acceptance_of(const Told& told, const smtp::Reply& reply) {
    const bool true_to_it = std::ranges::any_of(done_.accepted, [&](const Accepted& message) {
      return in_words_of(reply, message) && recipients_of(message) == told_accepted(told) &&
             has_content_of(message, told);
    });
    if (true_to_it) {
      return Verdict::true_accept;
    }
    say(Verdict::lie_of_acceptance,
        "told " + smtp::one_line(reply) +
            ", and no upstream accepted it in these words and for the recipients that were told");
    return Verdict::lie_of_acceptance;
  }

  // A refusal is the upstream's own, of this message or of something before it, or the relay's.
  bool said_by_somebody(const smtp::Reply& reply) const {
    return in_words_of_its_own(reply) || books_.refusals == nullptr ||
           books_.refusals->contains(smtp::one_line(reply)) ||
           std::ranges::find(done_.refused, reply) != done_.refused.end() ||
           std::ranges::find(done_.sender, reply) != done_.sender.end();
  }

  // --- And of its recipients ---

  void judge_recipients(const Told& told, Verdict message, Tally& tally) {
    for (const auto& [recipient, reply] : told.recipients) {
      Verdict verdict = message;
      if (!true_of(told, recipient, reply)) {
        verdict = reply.completion() ? Verdict::lie_of_acceptance : Verdict::lie_of_refusal;
        say(verdict, "recipient " + recipient + " was told " + smtp::one_line(reply) +
                         ", which no upstream said");
      } else if (!reply.completion()) {
        verdict = Verdict::true_refusal;
      }
      ++tally.recipients[verdict];
    }
  }

  // What was told is what an upstream said to it; or, where it is a refusal, to MAIL, or a failure
  // of the relay's own.
  bool true_of(const Told& told, const std::string& recipient, const smtp::Reply& reply) const {
    if (!done_.answers_known || said_to(recipient, reply)) {
      return true;
    }
    const bool out_of_sequence = !told.sender.completion() && reply.code == 503;
    const bool of_its_own = in_words_of_its_own(reply) && reply.code != 503;
    const bool to_sender = std::ranges::find(done_.sender, reply) != done_.sender.end();
    const bool in_passing = reply.transient() && said_by_somebody(reply);
    return !reply.completion() && (out_of_sequence || of_its_own || to_sender || in_passing);
  }

  bool said_to(const std::string& recipient, const smtp::Reply& reply) const {
    const auto said = done_.recipients.find(recipient);
    return said != done_.recipients.end() &&
           std::ranges::find(said->second, reply) != said->second.end();
  }

  // --- What was accepted ---

  // What must arrive of it as it was sent that time.
  const std::string& content_of(const Told& told) const { return contents_.at(told.letter); }

  bool is_altered(const Accepted& message) const {
    return std::ranges::none_of(
        contents_, [&](const auto& content) { return content.second == message.content; });
  }
  // What is altered may have been any of them.
  bool has_content_of(const Accepted& message, const Told& told) const {
    return message.content == content_of(told) || is_altered(message);
  }

  // A line end that is not CRLF is an upstream's to read as it likes: one may see the end of the
  // message in it, and a command in what follows.
  void only_whole_line_ends_went_on() {
    if (books_.bare_line_end_handed_on) {
      say_besides(Verdict::altered_body, "a bare CR or LF of it was handed on");
    }
    if (books_.rejects_bare_line_ends && !done_.accepted.empty() &&
        has_bare_line_end(letter_.content)) {
      say_besides(Verdict::altered_body, "accepted with line ends that the listener rejects");
    }
  }

  // T6, the body byte for byte, and for whom: as it was told each time that it was sent whole.
  void accepted_only_what_was_whole() {
    for (const Accepted& message : done_.accepted) {
      if (is_altered(message)) {
        say_besides(Verdict::altered_body, "its content was altered");
      }
      const bool sent = std::ranges::any_of(books_.told, [&](const Told* told) {
        return told->sent_last_byte && recipients_of(message) == told_accepted(*told) &&
               has_content_of(message, *told) && (told->user.empty() || told->user == message.user);
      });
      if (!sent) {
        say_besides(Verdict::lie_of_refusal,
                    "accepted by " + message.upstream + " for \"" + message.user +
                        "\", which the client did not send whole, for other recipients than it was "
                        "told, or as somebody else");
      }
    }
  }

  // T3, T5 and T7.
  void accepted_as_often_as_told(Tally& tally) {
    // By content and recipients: what was corrected is another message.
    std::map<std::pair<std::string_view, std::set<std::string>>, std::vector<const Told*>> same;
    for (const Told* told : books_.told) {
      if (told->sent_last_byte) {
        same[{content_of(*told), told_accepted(*told)}].push_back(told);
      }
    }
    for (const auto& [what, told] : same) {
      const std::set<std::string>& recipients = what.second;
      const auto accepted = std::ranges::count_if(done_.accepted, [&](const Accepted& message) {
        return recipients_of(message) == recipients && has_content_of(message, *told.front());
      });
      const std::size_t doubts = records(Outcome::in_doubt) + books_.unrecorded;
      Copies copies = copies_to_expect(told, doubts, books_.remembers);
      const std::size_t late = overtaken(told, books_.ends);
      copies.most += late;
      tally.overtaken += late;
      if (std::cmp_less(accepted, copies.least)) {
        say_besides(Verdict::lie_of_acceptance, "accepted " + std::to_string(accepted) +
                                                    " times, and the client was told so " +
                                                    std::to_string(copies.least) + " times");
      }
      if (std::cmp_greater(accepted, copies.most)) {
        too_often(told, static_cast<std::size_t>(accepted));
      }
    }
  }

  // A refusal was none, or where nothing was refused it is there twice.
  void too_often(const std::vector<const Told*>& same, std::size_t accepted) {
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      const Told& told = *books_.told[i];
      const bool is_one = std::ranges::find(same, &told) != same.end();
      if (verdicts_[i] == Verdict::true_refusal && is_one) {
        verdicts_[i] = Verdict::lie_of_refusal;
        say(Verdict::lie_of_refusal, "told " + smtp::one_line(*told.final_reply) +
                                         ", and accepted " + std::to_string(accepted) +
                                         " times: a duplicate, or one that was refused");
        return;
      }
    }
    say_besides(Verdict::duplicate, "accepted " + std::to_string(accepted) + " times: a duplicate");
  }

  // T4 and T5, both ways: what was handed on whole and never answered is in doubt, and nothing
  // else.
  void doubt_only_where_there_is_no_answer() {
    if (!books_.wire_watched) {
      return;
    }
    const auto unanswered = std::ranges::count_if(
        books_.ends, [](const HandedOn& end) { return end.whole && !end.answered; });
    if (!std::cmp_equal(unanswered, records(Outcome::in_doubt))) {
      say_besides(Verdict::false_doubt, "handed on to its last byte and not answered " +
                                            std::to_string(unanswered) +
                                            " times, and recorded as in doubt " +
                                            std::to_string(records(Outcome::in_doubt)));
    }
  }

  // --- What the relay wrote down ---

  std::size_t records(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        books_.records,
        [&](const MessageRecord& each) { return each.outcome == outcome && !each.duplicate; }));
  }

  void the_record_agrees(Tally& tally) {
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      const bool named = verdicts_[i] == Verdict::true_accept &&
                         books_.told[i]->final_reply->lines.back().contains("the fallback of");
      tally.by_fallback += named ? 1 : 0;
    }
    std::size_t remembered = 0;
    for (const MessageRecord& record : books_.records) {
      remembered += record.duplicate ? 1 : 0;
      tally.repaired += record.outcome == Outcome::accepted && record.repairs > 0 ? 1 : 0;
      recipients_as_recorded(record);
    }
    tally.remembered += remembered;
    count_records(remembered);
    for (const Told* told : books_.told) {
      if (told->final_reply && told->sent_last_byte) {
        in_the_words_told(*told);
      }
    }
  }

  void count_records(std::size_t remembered) {
    std::size_t told_accepts = 0;
    std::size_t told_doubts = 0;
    for (const Told* told : books_.told) {
      told_accepts += told->final_reply && told->final_reply->completion() ? 1 : 0;
      told_doubts += told->final_reply && says_in_doubt(*told->final_reply) ? 1 : 0;
    }
    const std::size_t accepted = done_.accepted.size();
    const std::size_t missing = books_.unrecorded;  // Each may have said anything.
    const auto false_record = [this](const char* what) {
      say_besides(Verdict::false_record, what);
    };
    if (records(Outcome::accepted) > accepted) {
      false_record("recorded as accepted more often than it was");
    }
    if (accepted > records(Outcome::accepted) + records(Outcome::in_doubt) + missing) {
      false_record("accepted, and the record says neither accepted nor in doubt");
    }
    if (told_accepts > records(Outcome::accepted) + remembered + missing) {
      false_record("told accepted, and recorded otherwise");
    }
    if (told_doubts > records(Outcome::in_doubt) + missing) {
      false_record("told in doubt, and recorded otherwise");
    }
  }

  void recipients_as_recorded(const MessageRecord& record) {
    for (const observe::RecipientRecord& recipient : record.recipients) {
      const auto said = done_.recipients.find(recipient.address);
      const bool said_so = said != done_.recipients.end() &&
                           std::ranges::any_of(said->second, [&](const smtp::Reply& reply) {
                             return smtp::one_line(reply) == recipient.reply;
                           });
      if (done_.answers_known && recipient.reply.starts_with('2') && !said_so) {
        say_besides(Verdict::false_record, "recipient " + recipient.address + " is recorded with " +
                                               recipient.reply + ", which no upstream said");
      }
    }
  }

  void in_the_words_told(const Told& told) {
    const std::string reply = smtp::one_line(*told.final_reply);
    const bool recorded = std::ranges::any_of(
        books_.records, [&](const MessageRecord& each) { return each.final_reply == reply; });
    if (!recorded && books_.unrecorded == 0) {
      say_besides(Verdict::false_record, "told " + reply + ", and no record says so");
    }
  }

  const Case& books_;
  const Letter& letter_;
  const Done& done_;
  std::map<const Letter*, std::string> contents_;  // As each is to arrive.
  std::vector<Verdict> verdicts_;                  // One for each time that it came,
  std::vector<Verdict> besides_;                   // and what is wrong with the letter as such.
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> judge(const Case& books, Tally& tally) {
  return Judgement(books).run(tally);
}

}  // namespace truerelay::simulation
