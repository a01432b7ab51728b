#include "observe/json_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/ascii.h"
#include "tests/observe/records.h"

namespace truerelay::observe {
namespace {

// nullptr (a JSON null) where `line` is no JSON or more than one line.
nlohmann::ordered_json decoded(const std::string& line) {
  if (line.contains('\n')) {
    return nullptr;
  }
  auto json = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? nlohmann::ordered_json(nullptr) : json;
}

std::vector<std::string> keys(const std::string& line) {
  std::vector<std::string> names;
  for (const auto& [key, value] : decoded(line).items()) {
    names.push_back(key);
  }
  return names;
}

TEST(JsonLine, OfAMessageIsStable) {
  EXPECT_EQ(json_line(kEvening, accepted_message()),
            R"({"time":"2026-11-21T20:41:24.123Z","level":"info","event":"message",)"
            R"("session":"7f3a-12","number":1,"outcome":"accepted","listener":"erp",)"
            R"("client":"127.0.0.1:49152","helo":"erp01","from":"erp@contoso.example",)"
            R"("to":[{"address":"anna@example.com","reply":"250 2.1.5 Recipient OK"},)"
            R"({"address":"bert@example.com","reply":"550 5.1.1 Unknown"}],"recipients":2,)"
            R"("size":48211,"upstream":"office365","upstream_address":"192.0.2.7:587",)"
            R"("tls":"TLSv1.3 TLS_AES_128_GCM_SHA256","user":"erp@contoso.example",)"
            R"("connect_ms":0.0,"envelope_ms":41.3,"data_ms":2.0,"answer_ms":180.0,)"
            R"("reply":"250 2.0.0 OK","client_heard":true})");
}

TEST(JsonLine, NamesWhatTheClientDidNotSeeWhereThereIsSomething) {
  MessageRecord record = accepted_message();
  record.fallback_of = "gmail";
  record.repairs = 2;
  record.duplicate = true;
  const std::string line = json_line(kEvening, record);
  EXPECT_NE(line.find(R"("upstream":"office365","fallback_of":"gmail",)"), std::string::npos)
      << line;
  EXPECT_NE(line.find(R"("repairs":2,"duplicate":true,"client_heard":true)"), std::string::npos)
      << line;
}

TEST(JsonLine, NamesTheLocalUserWhereOneWasLoggedIn) {
  MessageRecord record = accepted_message();
  record.client_user = "scanner";
  const std::string line = json_line(kEvening, record);
  EXPECT_NE(line.find(R"("helo":"erp01","client_user":"scanner","from":)"), std::string::npos)
      << line;
}

TEST(JsonLine, HasTheSameKeysWhenEverythingIsEmpty) {
  EXPECT_EQ(keys(json_line(kEvening, MessageRecord{})),
            keys(json_line(kEvening, accepted_message())));
  EXPECT_EQ(keys(json_line(kEvening, SessionRecord{})),
            keys(json_line(kEvening, failed_session())));
}

TEST(JsonLine, OfAFailedSessionNamesTheReason) {
  EXPECT_EQ(json_line(kEvening, failed_session()),
            R"({"time":"2026-11-21T20:41:24.123Z","level":"warning","event":"session_failed",)"
            R"("session":"7f3a-13","listener":"erp","client":"127.0.0.1:49153","helo":"erp01",)"
            R"("transactions":2,"reason":"no command for 300 s"})");
}

TEST(JsonLine, OfANoteHoldsItsText) {
  EXPECT_EQ(json_line(kEvening, Note{Level::error, "office365", "credentials refused"}),
            R"({"time":"2026-11-21T20:41:24.123Z","level":"error","event":"note",)"
            R"("upstream":"office365","text":"credentials refused"})");
}

TEST(JsonLine, ListsAHundredRecipientsAndCountsAll) {
  MessageRecord record = accepted_message();
  record.recipients.assign(250, {"a@example.com", "250 ok"});
  const auto json = decoded(json_line(kEvening, record));
  EXPECT_EQ(json["to"].size(), 100U);
  EXPECT_EQ(json["recipients"], 250);
}

TEST(JsonLine, CannotBeForgedThroughAnyField) {
  for (const std::string& hostile : kHostileTexts) {
    MessageRecord record = accepted_message();
    record.helo = record.sender = record.final_reply = record.upstream = hostile;
    record.recipients = {{hostile, hostile}};
    const std::string line = json_line(kEvening, record);
    const auto json = decoded(line);
    ASSERT_TRUE(json.is_object()) << line;
    EXPECT_TRUE(std::ranges::none_of(line, [](char c) { return ascii_control(c); })) << line;
    EXPECT_EQ(json["helo"], printable(hostile));
    EXPECT_EQ(json["to"][0]["reply"], printable(hostile));
    EXPECT_EQ(json["outcome"], "accepted");
    EXPECT_TRUE(decoded(json_line(kEvening, Note{Level::info, hostile, hostile})).is_object());
  }
}

TEST(JsonLine, IsHarmlessEvenAfterDecoding) {
  MessageRecord record = accepted_message();
  record.helo = "\x1b[2J\xE2\x80\xAE\r\n";
  EXPECT_EQ(decoded(json_line(kEvening, record))["helo"], R"(\x1B[2J\xE2\x80\xAE\x0D\x0A)");
}

TEST(JsonLine, StaysValidWhereACutSplitsACharacter) {
  MessageRecord record = accepted_message();
  record.helo = std::string(511, 'h') + "\xC3\xBC";
  const auto json = decoded(json_line(kEvening, record));
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["helo"], std::string(511, 'h') + "\\xC3...");
}

TEST(JsonLine, CutsAFieldOfAMegabyte) {
  MessageRecord record = accepted_message();
  record.final_reply.assign(1'000'000, 's');
  EXPECT_EQ(decoded(json_line(kEvening, record))["reply"], std::string(512, 's') + "...");
}

}  // namespace
}  // namespace truerelay::observe
