// What the oracle takes for the truth, and under which verdict.

#include <gtest/gtest.h>

#include "tests/simulation/sweep/one_letter.h"

namespace truerelay::simulation {
namespace {

TEST(Truths, AnAcceptanceInTheUpstreamsWordsForTheRecipientsThatWereTold) {
  OneLetter books;
  EXPECT_EQ(books.first_wrong(), "");
  EXPECT_EQ(books.tally.messages[Verdict::true_accept], 1U);
  EXPECT_EQ(books.tally.recipients[Verdict::true_accept], 1U);
  EXPECT_EQ(books.tally.recipients[Verdict::true_refusal], 1U);
  EXPECT_EQ(books.tally.messages.wrong() + books.tally.recipients.wrong(), 0U);
}

TEST(Truths, ARefusalOfTheUpstreamsAndOfTheRelaysOwn) {
  for (const smtp::Reply& reply :
       {smtp::Reply(554, "5.2.0 SendAsDenied"),
        smtp::Reply(451, {"4.4.1 truerelay cannot reach upstream contoso (mail.example:587)",
                          "4.4.1 Check \"host\""})}) {
    OneLetter books;
    books.nobody_accepts();
    books.done.refused = {{554, "5.2.0 SendAsDenied"}};
    books.ends_with(reply, observe::Outcome::refused);
    EXPECT_EQ(books.first_wrong(), "");
    EXPECT_EQ(books.tally.messages[Verdict::true_refusal], 1U);
    EXPECT_EQ(books.tally.recipients[Verdict::true_refusal], 2U);
  }
}

TEST(Truths, ARefusalOfBareLineEndsWhereTheListenerRejectsThem) {
  for (const char* content : {"a\n", "a\r", "a\r\r\n", "a\n\r\n", "\nb\r\n", "a\rb"}) {
    OneLetter books;
    books.nobody_accepts();
    books.rejects_bare_line_ends = true;
    books.letter.content = content;
    books.ends_with(OneLetter::kBadLineEnds, observe::Outcome::refused);
    EXPECT_EQ(books.first_wrong(), "");
    EXPECT_EQ(books.tally.messages[Verdict::true_refusal], 1U);
  }
}

TEST(Truths, ADoubtWhetherItWasAcceptedOrNot) {
  for (const bool accepted : {true, false}) {
    OneLetter books;
    if (!accepted) {
      books.done.accepted.clear();
    }
    books.ends.front().answered = false;
    books.ends_with({451, "4.4.2 Outcome unknown: upstream contoso got the whole message"},
                    observe::Outcome::in_doubt);
    EXPECT_EQ(books.first_wrong(), "");
    EXPECT_EQ(books.tally.messages[Verdict::in_doubt], 1U);
    EXPECT_EQ(books.tally.recipients[Verdict::in_doubt], 1U);
  }
}

TEST(Truths, AnEndThatWasNotHeardByWhoWentAway) {
  OneLetter books;
  books.leaves();
  EXPECT_EQ(books.first_wrong(), "");
  EXPECT_EQ(books.tally.messages[Verdict::unheard], 1U);
}

TEST(Truths, OneCopyForWhoComesAgainNotKnowing) {
  OneLetter books;
  books.leaves();
  books.told.push_back(books.once());
  books.records.push_back(books.record());
  books.records.back().duplicate = true;
  EXPECT_EQ(books.first_wrong(), "");
  EXPECT_EQ(books.tally.remembered, 1U);
}

TEST(Truths, TwoCopiesWhereTheClientHeardOfTheFirst) {
  OneLetter books;
  books.told.push_back(books.once());
  books.done.accepted.push_back(books.copy());
  books.records.push_back(books.record());
  EXPECT_EQ(books.first_wrong(), "");
  EXPECT_EQ(books.tally.messages[Verdict::true_accept], 2U);
}

TEST(Truths, TwoMessagesWhereTheClientCorrectedTheFirst) {
  OneLetter books;
  books.leaves();
  books.told.push_back(books.once());
  books.told.back().letter = &books.corrected;
  books.done.accepted.push_back(books.copy());
  books.done.accepted.back().content = "Tubject: invoice\r\n\r\n.\r\n";
  books.records.push_back(books.record());
  EXPECT_EQ(books.first_wrong(), "");
  EXPECT_EQ(books.tally.messages[Verdict::unheard], 1U);
  EXPECT_EQ(books.tally.messages[Verdict::true_accept], 1U);
}

TEST(Truths, ASenderInTheUpstreamsWords) {
  OneLetter books;
  books.told.front().sender = books.done.sender.front();
  EXPECT_EQ(books.first_wrong(), "");
}

TEST(Truths, AreJudgedWithoutWhatIsNotOnRecord) {
  OneLetter books;
  books.done.answers_known = false;
  books.done.recipients.clear();
  books.done.accepted.front().reply = {};
  Case less{.letter = books.letter,
            .told = {&books.told.front()},
            .done = books.done,
            .ends = {},
            .records = {},
            .wire_watched = false,
            .unrecorded = 1};
  EXPECT_TRUE(judge(less, books.tally).empty());
  EXPECT_EQ(books.tally.messages[Verdict::true_accept], 1U);
}

}  // namespace
}  // namespace truerelay::simulation
