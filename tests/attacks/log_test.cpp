#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "observe/json_line.h"
#include "observe/text_line.h"
#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// What a client and an upstream say in the hope that it is read in the log: one line stays one
// line, nothing in it moves a cursor or turns the reading round, and no field pretends to be
// another.

namespace truerelay::attacks {
namespace {

using std::string_view_literals::operator""sv;

constexpr io::WallTime kNow{io::Duration(1'795'293'684'123'456)};

struct Hostile {
  std::string_view name;
  std::string text;
};
void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

const std::vector<Hostile>& hostile() {
  static const std::vector<Hostile> all = {
      {"a_line_more", "x\r\nMay 1 root: ok"},
      {"a_bare_LF", "x\n2026-11-21T00:00:00.000Z info  message forged accepted"},
      {"a_bare_CR", "x\rMay 1 root: ok"},
      {"an_escape_sequence", "\x1b[2J\x1b]0;title\x07"},
      {"formats", "%n%s%x{}{0}{:>9999}"},
      {"an_override_of_the_direction",
       "invoice\xE2\x80\xAE"
       "fdp.exe"},
      {"isolates_of_the_direction",
       "\xE2\x81\xA6"
       "a\xE2\x81\xA9"},
      {"C1_in_UTF8",
       "\xC2\x9B"
       "31m\xC2\x85"
       "May 1 root: ok"},
      {"C1_alone",
       "\x9B"
       "31m\x85"},
      {"line_separators",
       "a\xE2\x80\xA8"
       "b\xE2\x80\xA9"
       "c"},
      {"DEL_and_NUL", std::string("a\x7F"
                                  "b\0c"sv)},
      {"broken_UTF8", "\xFF\xC0\x80 \xED\xA0\x80 \xE2\x80"},
      {"another_field", "x outcome=accepted reply=\"250 ok\""},
      {"a_quote_and_a_backslash", "x\" outcome=accepted \\"},
      {"markup", "<script>alert(1)</script>"},
      {"a_formula", "=cmd|' /C calc'!A0"},
      {"1000_letters", std::string(1000, 'x')},
  };
  return all;
}

// No control byte, no C1, no character that turns the direction or ends a line.
void expect_harmless(const std::string& line) {
  for (const char c : line) {
    EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F) << visible(line);
  }
  for (const std::string_view bad : {"\xC2\x85"sv, "\xC2\x9B"sv, "\xE2\x80\xA8"sv, "\xE2\x80\xA9"sv,
                                     "\xE2\x80\xAE"sv, "\xE2\x81\xA6"sv, "\xE2\x81\xA9"sv}) {
    EXPECT_FALSE(line.contains(bad)) << visible(line);
  }
  EXPECT_LT(line.size(), 20'000U);
}

template <class Record>
void expect_harmless_lines(const Record& record) {
  expect_harmless(observe::text_line(kNow, record));
  const std::string json = observe::json_line(kNow, record);
  expect_harmless(json);
  const auto read = nlohmann::json::parse(json, nullptr, false);
  ASSERT_TRUE(read.is_object()) << json;
  for (const auto& [key, value] : read.items()) {
    if (value.is_string()) {
      expect_harmless(value.template get<std::string>());
    }
  }
}

void expect_harmless_lines(const Records& records) {
  for (const observe::MessageRecord& record : records.messages) {
    expect_harmless_lines(record);
    const std::string outcome(observe::name(record.outcome));
    const std::string text = observe::text_line(kNow, record);
    EXPECT_TRUE(text.contains(" " + outcome + " listener=erp ")) << text;
    EXPECT_EQ(nlohmann::json::parse(observe::json_line(kNow, record))["outcome"], outcome);
  }
  for (const observe::SessionRecord& record : records.failures) {
    expect_harmless_lines(record);
  }
  for (const std::string& note : records.notes) {
    expect_harmless_lines(observe::Note{observe::Level::info, "practice", note});
  }
}

class Section9_Log : public testing::TestWithParam<Hostile> {};
INSTANTIATE_TEST_SUITE_P(With, Section9_Log, testing::ValuesIn(hostile()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Section9_Log, in_EHLO_and_addresses_and_subject_is_not_forged) {
  for (const char* before : {"", "EHLO ", "HELO ", "MAIL FROM:<", "MAIL FROM:<a@", "AUTH PLAIN ",
                             "GET / ", "NOOP ", "VRFY "}) {
    SCOPED_TRACE(before);
    Stage stage;
    RawClient& client = stage.connect();
    stage.hear(client);
    client.send(before + GetParam().text + "\r\n");
    client.send("EHLO " + GetParam().text + "\r\nMAIL FROM:<\"" + GetParam().text +
                "\"@x.example>\r\nRCPT TO:<\"" + GetParam().text +
                "\"@y.example>\r\nRSET\r\nEHLO a\r\nMAIL FROM:<a@x.example>\r\n"
                "RCPT TO:<b@y.example>\r\nDATA\r\nSubject: " +
                GetParam().text + "\r\nFrom: " + GetParam().text + "\r\n\r\ntext\r\n.\r\nQUIT\r\n");
    stage.hear_to_end(client);
    client.leave();
    stage.run_for(std::chrono::seconds(5));
    expect_harmless_lines(stage.records());
  }
}

TEST_P(Section9_Log, in_the_words_of_an_upstream_is_not_forged) {
  for (const char* place : {"GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."}) {
    SCOPED_TRACE(place);
    Setting setting;
    setting.login = {{.user = "erp@x.example", .secret = "canary in the mine"}};
    Script script{.ehlo = "250-upstream.example\r\n250 AUTH PLAIN\r\n"};
    script.answers[place] = {{"550 5.7.1 " + GetParam().text + "\r\n"}};
    setting.scripts = {script};
    setting.relentless = true;
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    stage.ask(client, "MAIL FROM:<a@x.example>\r\n");
    stage.ask(client, "RCPT TO:<b@y.example>\r\n");
    if (stage.ask(client, "DATA\r\n").starts_with("354")) {
      stage.ask(client, "text\r\n.\r\n");
    }
    client.leave();
    stage.run_for(std::chrono::seconds(5));
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_NE(stage.records().messages.front().outcome, observe::Outcome::accepted);
    expect_harmless_lines(stage.records());
  }
}

}  // namespace
}  // namespace truerelay::attacks
