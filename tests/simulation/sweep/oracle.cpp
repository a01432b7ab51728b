#include "tests/simulation/sweep/oracle.h"

#include <algorithm>
#include <set>

namespace truerelay::simulation {
namespace {

using observe::Outcome;

class Judgement {
 public:
  Judgement(const Told& told, const Done* done, const std::vector<observe::MessageRecord>& records)
      : told_(told), done_(done != nullptr ? *done : kNothing), records_(records) {}

  std::vector<std::string> run(Tally& tally) {
    ++tally.letters;
    recipients_were_told_the_truth();
    accepted_at_most_once();
    accepted_only_what_was_whole();
    the_end_was_told_truly(tally);
    the_record_agrees();
    return std::move(wrong_);
  }

 private:
  void say(const std::string& what) { wrong_.push_back(told_.letter.sender + ": " + what); }

  // T1 and T2 for RCPT: what was told is what the upstream said to it, or to MAIL, or a failure of
  // the relay's own, which is a 4xx save where the login is refused.
  void recipients_were_told_the_truth() {
    for (const auto& [recipient, reply] : told_.recipients) {
      const bool failure_of_its_own =
          reply.transient() || reply.lines.front().starts_with("5.7.8 ");
      const bool refusal_of_sender =
          !reply.completion() && std::ranges::find(done_.sender, reply) != done_.sender.end();
      const bool out_of_sequence = !told_.sender.completion() && reply.code == 503;
      if (!said_to(recipient, reply) && !failure_of_its_own && !refusal_of_sender &&
          !out_of_sequence) {
        say("recipient " + recipient + " was told " + smtp::one_line(reply) +
            ", which the upstream did not say");
      }
    }
  }

  bool said_to(const std::string& recipient, const smtp::Reply& reply) const {
    const auto said = done_.recipients.find(recipient);
    return said != done_.recipients.end() &&
           std::ranges::find(said->second, reply) != said->second.end();
  }

  void accepted_at_most_once() {
    if (done_.accepted.size() > 1) {
      say("accepted " + std::to_string(done_.accepted.size()) + " times: a duplicate");
    }
  }

  // T6, and the body byte for byte.
  void accepted_only_what_was_whole() {
    for (const Accepted& message : done_.accepted) {
      if (!told_.sent_last_byte) {
        say("accepted, although the client never sent its end");
      }
      if (message.content != normalized(told_.letter.content)) {
        say("its content was altered");
      }
      for (const std::string& recipient : message.recipients) {
        const auto heard = told_.recipients.find(recipient);
        if (heard != told_.recipients.end() && !heard->second.completion()) {
          say("sent to " + recipient + ", which the client was told is refused");
        }
      }
    }
  }

  void the_end_was_told_truly(Tally& tally) {
    if (!told_.final_reply) {
      const bool excused =
          told_.left_on_purpose || told_.dawdled || told_.own_link_faulty || !told_.begun;
      if (!excused) {
        say(told_.silence ? "the client waited and heard nothing"
                          : "the connection ended, and the client had no final reply");
      }
      ++tally.client_gone;
      return;
    }
    const smtp::Reply& reply = *told_.final_reply;
    if (reply.completion()) {
      ++tally.true_accepts;
      accepted_as_told();
    } else if (in_doubt(reply)) {
      ++tally.in_doubt;
      if (!told_.sent_last_byte) {
        say("in doubt before its last byte was sent");
      }
    } else {
      ++tally.true_refusals;
      if (!done_.accepted.empty()) {
        say("accepted, and the client was told " + smtp::one_line(reply));
      }
    }
  }

  void accepted_as_told() {
    if (done_.accepted.size() != 1) {
      say("told accepted, and the upstream did not accept it");
      return;
    }
    std::set<std::string> told_accepted;
    for (const auto& [recipient, reply] : told_.recipients) {
      if (reply.completion()) {
        told_accepted.insert(recipient);
      }
    }
    if (done_.accepted.front().reply != *told_.final_reply) {
      say("told accepted in other words than the upstream's");
    }
    const std::vector<std::string>& list = done_.accepted.front().recipients;
    if (std::set<std::string>(list.begin(), list.end()) != told_accepted) {
      say("accepted for other recipients than the client was told");
    }
  }

  static bool in_doubt(const smtp::Reply& reply) {
    return reply.code == 451 && reply.lines.front().starts_with("4.4.2 Outcome unknown");
  }

  void the_record_agrees() {
    const auto recorded = [&](Outcome outcome) {
      return std::ranges::any_of(records_, [&](const observe::MessageRecord& record) {
        return record.outcome == outcome;
      });
    };
    if (!done_.accepted.empty() && !recorded(Outcome::accepted) && !recorded(Outcome::in_doubt)) {
      say("accepted, and the record says neither accepted nor in doubt");
    }
    if (done_.accepted.empty() && recorded(Outcome::accepted)) {
      say("recorded as accepted, and the upstream did not accept it");
    }
    if (told_.final_reply && told_.final_reply->completion() && !recorded(Outcome::accepted)) {
      say("told accepted, and recorded otherwise");
    }
    if (told_.final_reply && in_doubt(*told_.final_reply) && !recorded(Outcome::in_doubt)) {
      say("told in doubt, and recorded otherwise");
    }
  }

  inline static const Done kNothing;
  const Told& told_;
  const Done& done_;
  const std::vector<observe::MessageRecord>& records_;
  std::vector<std::string> wrong_;
};

}  // namespace

void Tally::add(const Tally& other) {
  letters += other.letters;
  true_accepts += other.true_accepts;
  true_refusals += other.true_refusals;
  in_doubt += other.in_doubt;
  client_gone += other.client_gone;
}

std::vector<std::string> judge(const Told& told, const Done* done,
                               const std::vector<observe::MessageRecord>& records, Tally& tally) {
  return Judgement(told, done, records).run(tally);
}

}  // namespace truerelay::simulation
