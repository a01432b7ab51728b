#pragma once

#include <string>
#include <vector>

#include "tests/simulation/sweep/oracle.h"

namespace truerelay::simulation {

// One letter to two recipients, and the books about it. As it begins: its client was told the truth
// once, the first recipient was accepted and with it the message, the second one refused. A test
// changes what it is about.
struct OneLetter {
  static const inline std::string kTaken = "a@example.net";
  static const inline std::string kUnknown = "b@example.net";
  static const inline smtp::Reply kBadLineEnds{
      554, "5.6.0 The message has a NUL or a line end other than CRLF"};

  OneLetter() {
    told.push_back(once());
    done.sender = {{250, "2.1.0 Sender OK"}};
    done.recipients[kTaken] = {{250, "2.1.5 Recipient OK"}};
    done.recipients[kUnknown] = {{550, "5.1.1 User unknown"}};
    done.accepted = {copy()};
    ends = {
        {.whole = true, .at = io::Time(std::chrono::seconds(1)), .answered = true, .code = 250}};
    records = {record()};
    refusals = {"550 5.1.1 User unknown"};
  }

  [[nodiscard]] Told once() const {
    Told once;
    once.letter = &letter;
    once.sender = {250, "2.1.0 Sender noted"};
    once.recipients[kTaken] = {250, "2.1.5 Recipient OK"};
    once.recipients[kUnknown] = {550, "5.1.1 User unknown"};
    once.final_reply = acceptance;
    once.concluded = true;
    once.sent_last_byte = true;
    once.gone_at = io::Time(std::chrono::seconds(2));
    return once;
  }

  [[nodiscard]] Accepted copy() const {
    return {.upstream = "contoso",
            .user = "erp@example.org",
            .recipients = {kTaken},
            .content = "Subject: invoice\r\n\r\n.\r\n",
            .reply = acceptance};
  }

  [[nodiscard]] observe::MessageRecord record() const {
    observe::MessageRecord record;
    record.sender = letter.sender;
    record.recipients = {{kTaken, "250 2.1.5 Recipient OK"}, {kUnknown, "550 5.1.1 User unknown"}};
    record.final_reply = smtp::one_line(acceptance);
    record.outcome = observe::Outcome::accepted;
    return record;
  }

  // The one time that it came ended so, for its client and in the record.
  void ends_with(smtp::Reply reply, observe::Outcome outcome) {
    records.front().final_reply = smtp::one_line(reply);
    records.front().outcome = outcome;
    told.front().final_reply = std::move(reply);
  }
  // Its client went away behind the final dot.
  void leaves() {
    told.front().final_reply.reset();
    told.front().concluded = false;
    told.front().left_on_purpose = true;
  }
  void nobody_accepts() {
    done.accepted.clear();
    ends.clear();
  }

  std::vector<std::string> judge() {
    Case books{.letter = letter,
               .told = {},
               .done = done,
               .ends = ends,
               .records = records,
               .rejects_bare_line_ends = rejects_bare_line_ends,
               .bare_line_end_handed_on = bare_line_end_handed_on,
               .refusals = &refusals};
    for (const Told& each : told) {
      books.told.push_back(&each);
    }
    return simulation::judge(books, tally);
  }
  // The first wrong, or "".
  std::string first_wrong() {
    const std::vector<std::string> wrong = judge();
    return wrong.empty() ? "" : wrong.front();
  }

  smtp::Reply acceptance{250, "2.6.0 <1-1@contoso> Queued"};
  Letter letter{.sender = "erp@example.org",
                .recipients = {kTaken, kUnknown},
                .content = "Subject: invoice\n\n."};
  // The same, as its client may have corrected it before it came again.
  Letter corrected{
      .sender = letter.sender, .recipients = letter.recipients, .content = "Tubject: invoice\n\n."};
  std::vector<Told> told;
  Done done;
  std::vector<HandedOn> ends;
  std::vector<observe::MessageRecord> records;
  bool rejects_bare_line_ends = false;
  bool bare_line_end_handed_on = false;
  std::set<std::string> refusals;
  Tally tally;
};

}  // namespace truerelay::simulation
