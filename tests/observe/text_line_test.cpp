#include "observe/text_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/ascii.h"
#include "tests/observe/records.h"

namespace truerelay::observe {
namespace {

void expect_one_harmless_line(const std::string& line) {
  EXPECT_TRUE(std::ranges::none_of(line, [](char c) { return ascii_control(c); })) << line;
  EXPECT_EQ(line.find("\xE2\x80\xAE"), std::string::npos) << line;
  EXPECT_EQ(line.find("\xE2\x80\xA8"), std::string::npos) << line;
  EXPECT_EQ(line.find("\xC2\x9B"), std::string::npos) << line;
}

TEST(TextLine, OfAMessageTellsAllOfIt) {
  EXPECT_EQ(text_line(kEvening, accepted_message()),
            "2026-11-21T20:41:24.123Z info  message 7f3a-12/1 accepted listener=erp "
            "client=127.0.0.1:49152 helo=erp01 from=erp@contoso.example "
            "to=[anna@example.com \"250 2.1.5 Recipient OK\", "
            "bert@example.com \"550 5.1.1 Unknown\"] size=48211 upstream=office365 "
            "address=192.0.2.7:587 tls=\"TLSv1.3 TLS_AES_128_GCM_SHA256\" "
            "user=erp@contoso.example connect=0.0ms envelope=41.3ms data=2.0ms answer=180.0ms "
            "reply=\"250 2.0.0 OK\" client_heard=yes");
}

TEST(TextLine, ShowsTheNullReversePathAndWhatIsEmpty) {
  MessageRecord record = accepted_message();
  record.sender.clear();
  record.user.clear();
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find(" from=<> "), std::string::npos) << line;
  EXPECT_NE(line.find(" user=\"\" "), std::string::npos) << line;
}

TEST(TextLine, NamesTheLocalUserWhereOneWasLoggedIn) {
  MessageRecord record = accepted_message();
  EXPECT_EQ(text_line(kEvening, record).find("client_user"), std::string::npos);
  record.client_user = "scanner 2";
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find(" client_user=\"scanner 2\" from="), std::string::npos) << line;
}

TEST(TextLine, OfAMessageInDoubtIsAnError) {
  MessageRecord record = accepted_message();
  record.outcome = Outcome::in_doubt;
  record.client_heard = false;
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find("Z error message 7f3a-12/1 in_doubt "), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with(" client_heard=no")) << line;
}

TEST(TextLine, NamesTheUpstreamWhosePlaceAnotherOneTook) {
  MessageRecord record = accepted_message();
  record.fallback_of = "gmail";
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find(" upstream=office365 fallback_of=gmail "), std::string::npos) << line;
}

TEST(TextLine, TellsWhatTheClientDidNotSee) {
  MessageRecord record = accepted_message();
  record.repairs = 2;
  record.duplicate = true;
  const std::string line = text_line(kEvening, record);
  EXPECT_TRUE(line.ends_with(" repairs=2 duplicate=yes client_heard=yes")) << line;
}

TEST(TextLine, OfAFailedSessionNamesTheReason) {
  EXPECT_EQ(text_line(kEvening, failed_session()),
            "2026-11-21T20:41:24.123Z warn  session 7f3a-13 failed listener=erp "
            "client=127.0.0.1:49153 helo=erp01 transactions=2 reason=\"no command for 300 s\"");
}

TEST(TextLine, OfANoteNamesTheUpstreamIfThereIsOne) {
  EXPECT_EQ(text_line(kEvening, Note{Level::info, "office365", "3 connections are warm"}),
            "2026-11-21T20:41:24.123Z info  upstream office365: 3 connections are warm");
  EXPECT_EQ(text_line(kEvening, Note{Level::debug, "", "started"}),
            "2026-11-21T20:41:24.123Z debug started");
}

TEST(TextLine, ListsAHundredRecipientsAndCountsTheOthers) {
  MessageRecord record = accepted_message();
  record.recipients.assign(250, {"a@example.com", "250 ok"});
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find("\"250 ok\", and 150 more] size="), std::string::npos) << line;
}

TEST(TextLine, CannotBeForgedThroughAnyField) {
  for (const std::string& hostile : kHostileTexts) {
    MessageRecord record = accepted_message();
    record.session = record.listener = record.client = record.helo = record.sender = hostile;
    record.upstream = record.upstream_address = record.tls = record.user = hostile;
    record.client_user = hostile;
    record.final_reply = hostile;
    record.recipients = {{hostile, hostile}};
    const std::string line = text_line(kEvening, record);
    expect_one_harmless_line(line);
    std::string in_quotes;
    add_in_double_quotes(in_quotes, hostile);
    EXPECT_NE(line.find(" helo=" + in_quotes + " client_user=" + in_quotes + " from=" + in_quotes +
                        " to=[" + in_quotes + " " + in_quotes + "] size="),
              std::string::npos)
        << line;
    SessionRecord session = failed_session();
    session.session = session.listener = session.client = session.helo = session.reason = hostile;
    expect_one_harmless_line(text_line(kEvening, session));
    expect_one_harmless_line(text_line(kEvening, Note{Level::info, hostile, hostile}));
  }
}

TEST(TextLine, QuotesAValueThatLooksLikeAnotherKey) {
  MessageRecord record = accepted_message();
  record.helo = "a outcome=accepted";
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find(" helo=\"a outcome=accepted\" "), std::string::npos) << line;
}

TEST(TextLine, CutsAFieldOfAMegabyte) {
  MessageRecord record = accepted_message();
  record.helo.assign(1'000'000, 'h');
  record.final_reply.assign(1'000'000, '\n');
  const std::string line = text_line(kEvening, record);
  EXPECT_NE(line.find(" helo=\"" + std::string(512, 'h') + "...\" from="), std::string::npos);
  EXPECT_LT(line.size(), 4000U);
}

TEST(TextLine, StaysBoundedHoweverManyRecipientsOfWhateverLengthThereAre) {
  MessageRecord record = accepted_message();
  record.recipients.assign(1000, {std::string(10'000, '\x01'), std::string(10'000, '\n')});
  EXPECT_LT(text_line(kEvening, record).size(), 5 * kMostRecipientBytes);
}

}  // namespace
}  // namespace truerelay::observe
