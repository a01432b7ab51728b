#include "sandbox/mail_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "sandbox/ledger_lines.h"
#include "tests/sandbox/practice.h"

namespace truerelay::sandbox {
namespace {

namespace fs = std::filesystem;

class MailFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    folder_ = fs::path(testing::TempDir()) / ("truerelay-mail-folder-" + name);
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<MailFolder> open() {
    std::expected<std::unique_ptr<MailFolder>, std::string> opened =
        MailFolder::open(folder_ / "mail", world_);
    return opened ? *std::move(opened) : nullptr;
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string ledger() { return read(folder_ / "mail" / "ledger.jsonl"); }
  std::set<std::string> files() {
    std::set<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "mail")) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  static Envelope envelope() {
    Envelope envelope;
    envelope.connection = 3;
    envelope.transaction = 1;
    envelope.mail.reverse_path = {.local_part = "erp", .domain = "example.org"};
    smtp::Recipient anna;
    anna.forward_path = {.local_part = "anna", .domain = "example.org"};
    envelope.recipients.push_back({anna, {250, "2.1.5 Recipient OK"}});
    smtp::Recipient nobody;
    nobody.forward_path = {.local_part = "refuse-550", .domain = "example.org"};
    envelope.recipients.push_back({nobody, {550, "5.1.1 User unknown"}});
    return envelope;
  }

  simulation::World world_{1};
  fs::path folder_;
};

TEST_F(MailFolderTest, AnAcceptedMessageIsAFileWithExactlyItsBytes) {
  const std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  const std::string body("From: erp\r\n\r\n\0\xFF\n", 16);
  const std::unique_ptr<MessageSink> sink = folder->content(envelope());
  EXPECT_TRUE(sink->take(body.substr(0, 5)));
  EXPECT_TRUE(sink->take(body.substr(5)));
  EXPECT_EQ(folder->file_name(envelope()), "20250301T000000000Z-3-1.eml");
  EXPECT_FALSE(files().contains("20250301T000000000Z-3-1.eml"));
  EXPECT_TRUE(sink->keep());
  EXPECT_EQ(read(folder_ / "mail" / "20250301T000000000Z-3-1.eml"), body);
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(MailFolderTest, AMessageThatIsNotKeptLeavesNoFile) {
  const std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  std::unique_ptr<MessageSink> sink = folder->content(envelope());
  EXPECT_TRUE(sink->take("half a mess"));
  EXPECT_EQ(files().size(), 2U);
  sink.reset();
  EXPECT_EQ(files(), std::set<std::string>{"ledger.jsonl"});
}

TEST_F(MailFolderTest, AFileThatIsThereIsNeverOverwritten) {
  const std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  std::ofstream(folder_ / "mail" / folder->file_name(envelope())) << "precious";
  const std::unique_ptr<MessageSink> sink = folder->content(envelope());
  EXPECT_TRUE(sink->take("other"));
  EXPECT_FALSE(sink->keep());
  EXPECT_EQ(read(folder_ / "mail" / folder->file_name(envelope())), "precious");
}

TEST_F(MailFolderTest, WhatCannotBeWrittenIsNotTaken) {
  const std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  fs::create_directory(folder_ / "mail" / (folder->file_name(envelope()) + ".tmp"));
  const std::unique_ptr<MessageSink> sink = folder->content(envelope());
  EXPECT_FALSE(sink->take("bytes"));
  EXPECT_FALSE(sink->keep());
}

TEST_F(MailFolderTest, WhatCannotBeRecordedInTheLedgerIsNotTaken) {
  ASSERT_TRUE(fs::exists("/dev/full")) << "the file that is always full";
  fs::create_directories(folder_ / "mail");
  fs::create_symlink("/dev/full", folder_ / "mail" / "ledger.jsonl");
  const std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  folder->connected({.ip = {}, .address = "192.0.2.1:1025"});
  const std::unique_ptr<MessageSink> sink = folder->content(envelope());
  EXPECT_TRUE(sink->take("bytes"));
  EXPECT_FALSE(sink->keep());
}

TEST_F(MailFolderTest, AFolderThatCannotBeMadeIsAnErrorWithItsName) {
  std::ofstream(folder_) << "a file stands where the folder should";
  const auto opened = MailFolder::open(folder_ / "mail", world_);
  ASSERT_FALSE(opened);
  EXPECT_TRUE(starts(opened.error(), folder_.string()));
}

TEST_F(MailFolderTest, EachEventIsALineAndLaterRunsAddToIt) {
  std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  EXPECT_EQ(folder->connected({.ip = {}, .address = "192.0.2.1:1025"}), 1U);
  EXPECT_EQ(ledger(), R"({"time":"2025-03-01T00:00:00.000Z","event":"connected","connection":1,)"
                      R"("peer":"192.0.2.1:1025"})"
                      "\n");
  folder = open();
  ASSERT_NE(folder, nullptr);
  folder->disconnected(1, "QUIT");
  EXPECT_TRUE(holds(ledger(), R"("event":"disconnected","connection":1,"reason":"QUIT"})"));
  EXPECT_TRUE(holds(ledger(), R"("event":"connected")"));
}

TEST_F(MailFolderTest, TheEnvelopeStandsInTheLedgerBesideTheMessage) {
  const std::unique_ptr<MailFolder> folder = open();
  ASSERT_NE(folder, nullptr);
  folder->accepted(envelope(), {.size = 16, .hash = 0xAB}, {250, "2.6.0 Queued"});
  const std::string line = ledger();
  EXPECT_TRUE(holds(line, R"("sender":"erp@example.org","recipients":["anna@example.org"],)"));
  EXPECT_TRUE(holds(line, R"("size":16,"fnv1a":"00000000000000ab","reply":"250 2.6.0 Queued")"));
  EXPECT_TRUE(holds(line, R"("file":"20250301T000000000Z-3-1.eml")"));
}

TEST(LedgerLines, BytesThatAreNotUtf8DoNotBreakALine) {
  const std::string line =
      login_line({}, 7, {.mechanism = "PLAIN", .user = "\xFF\n\"", .accepted = true});
  EXPECT_EQ(line, R"({"time":"1970-01-01T00:00:00.000Z","event":"login","connection":7,)"
                  R"("mechanism":"PLAIN","user":")"
                  "\xEF\xBF\xBD"
                  R"(\n\"","accepted":true})");
}

TEST(LedgerLines, EveryEventHasALineOfItsOwnName) {
  Envelope envelope;
  envelope.recipients.push_back({{}, {250, "OK"}});
  EXPECT_TRUE(holds(secured_line({}, 1, {}), R"("event":"secured")"));
  EXPECT_TRUE(holds(sender_line({}, envelope, {250, "OK"}), R"("event":"sender")"));
  EXPECT_TRUE(holds(recipient_line({}, envelope), R"("event":"recipient")"));
  EXPECT_TRUE(holds(refused_line({}, envelope, {}, {550, "No"}), R"("reply":"550 No")"));
  EXPECT_TRUE(holds(abandoned_line({}, envelope, {}, "RSET"), R"("reason":"RSET")"));
  EXPECT_TRUE(holds(answered_line({}, envelope, false), R"("written":false)"));
}

}  // namespace
}  // namespace truerelay::sandbox
