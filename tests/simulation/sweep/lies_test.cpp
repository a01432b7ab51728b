// Each wrong that the oracle is to find, one at a time in books that are else in order.

#include <gtest/gtest.h>

#include "tests/simulation/sweep/one_letter.h"

namespace truerelay::simulation {
namespace {

// It is found, under this verdict.
void expect_wrong(OneLetter& books, Verdict verdict) {
  const std::vector<std::string> wrong = books.judge();
  ASSERT_FALSE(wrong.empty());
  EXPECT_TRUE(wrong.front().starts_with(plural(verdict))) << wrong.front();
  EXPECT_GE(books.tally.messages[verdict] + books.tally.recipients[verdict], 1U);
}

TEST(Lies, AnAcceptanceOfWhatNobodyAccepted) {
  OneLetter books;
  books.nobody_accepts();
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, AnAcceptanceInTheWordsOfAnother) {
  OneLetter books;
  books.ends_with({250, "2.6.0 <1-2@contoso> Queued"}, observe::Outcome::accepted);
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, ASenderToldAcceptedWhomTheUpstreamRefused) {
  OneLetter books;
  books.nobody_accepts();
  books.done.sender = {{550, "5.1.8 Sender refused"}};
  books.told.front().sender = {250, "2.1.0 Sender OK"};
  books.told.front().recipients.clear();
  books.ends_with({550, "5.1.8 Sender refused"}, observe::Outcome::refused);
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, ALoginWithThePasswordOfNobody) {
  OneLetter books;
  books.told.front().stranger = true;
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, TheAcceptanceOfOtherContentForWhatWasCorrected) {
  OneLetter books;
  books.leaves();
  books.told.push_back(books.once());
  books.told.back().letter = &books.corrected;
  books.records.push_back(books.record());
  books.records.back().duplicate = true;
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, TheAcceptanceForOtherRecipientsForWhatWasCorrected) {
  OneLetter books;
  books.done.recipients[OneLetter::kUnknown] = {{250, "2.1.5 Recipient OK"}};
  books.done.accepted.front().recipients.push_back(OneLetter::kUnknown);
  books.leaves();
  books.told.front().recipients[OneLetter::kUnknown] = {250, "2.1.5 Recipient OK"};
  books.told.push_back(books.once());
  books.told.back().recipients.erase(OneLetter::kUnknown);
  books.records.push_back(books.record());
  books.records.back().duplicate = true;
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, ARecipientToldAcceptedWhomTheUpstreamRefused) {
  OneLetter books;
  books.told.front().recipients[OneLetter::kUnknown] = {250, "2.1.5 Recipient OK"};
  expect_wrong(books, Verdict::lie_of_acceptance);
  EXPECT_EQ(books.tally.recipients[Verdict::lie_of_acceptance], 2U) << "the message is a lie, too";
}

TEST(Lies, ARecipientToldRefusedWhomTheUpstreamAccepted) {
  OneLetter books;
  books.told.front().recipients[OneLetter::kTaken] = {550, "5.1.1 User unknown"};
  expect_wrong(books, Verdict::lie_of_acceptance);
  EXPECT_EQ(books.tally.recipients[Verdict::lie_of_refusal], 1U);
}

TEST(Lies, ARefusalOfWhatWasAccepted) {
  OneLetter books;
  books.done.refused = {{554, "5.2.0 SendAsDenied"}};
  books.ends_with({554, "5.2.0 SendAsDenied"}, observe::Outcome::refused);
  expect_wrong(books, Verdict::lie_of_refusal);
}

TEST(Lies, ARefusalThatNobodySaid) {
  OneLetter books;
  books.nobody_accepts();
  books.ends_with({550, "5.7.1 Spam"}, observe::Outcome::refused);
  expect_wrong(books, Verdict::lie_of_refusal);
}

TEST(Lies, AMessageOfWhichTheClientDidNotSendTheEnd) {
  OneLetter books;
  books.leaves();
  books.told.front().sent_last_byte = false;
  expect_wrong(books, Verdict::lie_of_refusal);
}

TEST(Lies, AMessageForOtherRecipientsThanWereTold) {
  OneLetter books;
  books.done.accepted.front().recipients.push_back(OneLetter::kUnknown);
  expect_wrong(books, Verdict::lie_of_acceptance);
}

TEST(Lies, AMessageSentAsSomebodyElse) {
  OneLetter books;
  books.told.front().user = "scanner@example.org";
  expect_wrong(books, Verdict::lie_of_refusal);
}

TEST(Lies, ADoubtBeforeTheLastByte) {
  OneLetter books;
  books.nobody_accepts();
  books.told.front().sent_last_byte = false;
  books.ends_with({451, "4.4.2 Outcome unknown: upstream contoso"}, observe::Outcome::in_doubt);
  expect_wrong(books, Verdict::false_doubt);
}

TEST(Lies, ADoubtThatIsNotRecordedAsOne) {
  for (const observe::Outcome outcome : {observe::Outcome::accepted, observe::Outcome::failed}) {
    OneLetter books;
    books.leaves();
    books.ends.front().answered = false;
    books.records.front().outcome = outcome;
    expect_wrong(books, Verdict::false_doubt);
  }
}

TEST(Lies, ASecondTryAfterTheLastByte) {
  OneLetter books;
  books.ends.front().answered = false;
  books.ends.push_back({.whole = true, .at = {}, .answered = true, .code = 250});
  expect_wrong(books, Verdict::false_doubt);
}

TEST(Lies, ADuplicate) {
  OneLetter books;
  books.done.accepted.push_back(books.copy());
  books.records.push_back(books.record());
  expect_wrong(books, Verdict::duplicate);
}

TEST(Lies, ADuplicateForWhoComesAgainNotKnowing) {
  OneLetter books;
  books.leaves();
  books.told.push_back(books.once());
  books.done.accepted.push_back(books.copy());
  books.records.push_back(books.record());
  expect_wrong(books, Verdict::duplicate);
}

TEST(Lies, ADuplicateOfWhatWasCorrected) {
  OneLetter books;
  books.leaves();
  books.told.push_back(books.once());
  books.told.back().letter = &books.corrected;
  for (int copies = 0; copies < 2; ++copies) {
    books.done.accepted.push_back(books.copy());
    books.done.accepted.back().content = "Tubject: invoice\r\n\r\n.\r\n";
    books.records.push_back(books.record());
  }
  expect_wrong(books, Verdict::duplicate);
}

TEST(Lies, AnAlteredBody) {
  for (const char* content : {"Subject: invoice\r\n\r\n", "Subject: invoice\r\n\r\n..\r\n",
                              "Subject: invoice\r\n\r\n.\n", ""}) {
    OneLetter books;
    books.done.accepted.front().content = content;
    expect_wrong(books, Verdict::altered_body);
  }
}

TEST(Lies, ABareLineEndThatWentOn) {
  OneLetter books;
  books.bare_line_end_handed_on = true;
  expect_wrong(books, Verdict::altered_body);
}

TEST(Lies, ABareLineEndMadeWholeWhereTheListenerRejectsIt) {
  OneLetter books;
  books.rejects_bare_line_ends = true;
  expect_wrong(books, Verdict::altered_body);
}

TEST(Lies, ARefusalOfLineEndsThatAreWholeOrTakenAsTheyAre) {
  for (const bool rejects : {true, false}) {
    OneLetter books;
    books.nobody_accepts();
    books.rejects_bare_line_ends = rejects;
    if (rejects) {
      books.letter.content = "Subject: invoice\r\n\r\n.\r\n";
    }
    books.ends_with(OneLetter::kBadLineEnds, observe::Outcome::refused);
    expect_wrong(books, Verdict::lie_of_refusal);
  }
}

TEST(Lies, Silence) {
  for (const bool waited : {true, false}) {
    OneLetter books;
    books.leaves();
    books.told.front().left_on_purpose = false;
    books.told.front().silence = waited;
    books.told.front().own_link_broke = !waited;
    expect_wrong(books, Verdict::silence);
  }
}

TEST(Lies, ARecordThatSaysOtherwise) {
  OneLetter outcome;
  outcome.records.front().outcome = observe::Outcome::refused;
  expect_wrong(outcome, Verdict::false_record);
  OneLetter words;
  words.records.front().final_reply = "250 2.0.0 Queued";
  expect_wrong(words, Verdict::false_record);
  OneLetter recipient;
  recipient.records.front().recipients.back().reply = "250 2.1.5 Recipient OK";
  expect_wrong(recipient, Verdict::false_record);
}

}  // namespace
}  // namespace truerelay::simulation
