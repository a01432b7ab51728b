#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// SMTP smuggling (CVE-2023-51764, -51765, -51766, CVE-2024-27305): byte sequences that some servers
// take for the end of a message and others do not. What stands behind one must arrive upstream as
// text of one message, or not at all.

namespace truerelay::attacks {
namespace {

using smtp::LineEnds;
using std::string_view_literals::operator""sv;

struct Sequence {
  std::string_view number;
  std::string_view bytes;
  std::string_view upstream;  // What leaves for it in normalize mode; dots stuffed.
  enum class Taken { always, normalized, never } taken;
};

constexpr Sequence kSequences[] = {
    {"1", "\n.\n"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"2", "\n.\r"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"3", "\r.\n"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"4", "\r.\r"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"5", "\n.\r\n"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"6", "\r.\r\n"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"7", "\r\n.\r\r\n"sv, "\r\n..\r\n\r\n"sv, Sequence::Taken::normalized},
    {"8", "\r\r\n.\r\r\n"sv, "\r\n\r\n..\r\n\r\n"sv, Sequence::Taken::normalized},
    {"9", "\r\n\0.\r\n"sv, {}, Sequence::Taken::never},
    {"10", "\r\n.\n"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"11", "\r\n.\r"sv, "\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"12", "\r\n.\0\r\n"sv, {}, Sequence::Taken::never},
    {"13", "\r\n..\r\n"sv, "\r\n..\r\n"sv, Sequence::Taken::always},
    {"14_with_LF", "\n..\r\n"sv, "\r\n...\r\n"sv, Sequence::Taken::normalized},
    {"14_with_CR", "\r..\r\n"sv, "\r\n...\r\n"sv, Sequence::Taken::normalized},
    {"15_with_a_space", "\r\n. \r\n"sv, "\r\n \r\n"sv, Sequence::Taken::always},
    {"15_with_a_tab", "\r\n.\t\r\n"sv, "\r\n\t\r\n"sv, Sequence::Taken::always},
    {"16_with_NEL", "\x85.\x85"sv, "\x85.\x85"sv, Sequence::Taken::always},
    {"16_with_LINE_SEPARATOR", "\xE2\x80\xA8.\xE2\x80\xA8"sv, "\xE2\x80\xA8.\xE2\x80\xA8"sv,
     Sequence::Taken::always},
    {"17_after_LF", "\n\n.\r\n"sv, "\r\n\r\n..\r\n"sv, Sequence::Taken::normalized},
    {"17_after_CRLF", "\r\n\n.\r\n"sv, "\r\n\r\n..\r\n"sv, Sequence::Taken::normalized},
};

constexpr std::string_view kBefore = "Subject: check\r\n\r\nline1";
constexpr std::string_view kSmuggled =
    "MAIL FROM:<ceo@victim.example>\r\nRCPT TO:<x@victim.example>\r\nDATA\r\n"
    "Subject: smuggled\r\n\r\nsmuggled\r\n.\r\n";

constexpr const char* kDotted = "250-upstream.example\r\n250 PIPELINING\r\n";
constexpr const char* kChunking = "250-upstream.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n";

struct Case {
  Sequence sequence;
  LineEnds line_ends;

  [[nodiscard]] bool accepted() const {
    return sequence.taken == Sequence::Taken::always ||
           (sequence.taken == Sequence::Taken::normalized && line_ends == LineEnds::normalize);
  }
  [[nodiscard]] std::string body() const {
    return fmt::format("{}{}{}", kBefore, sequence.bytes, kSmuggled);
  }
  [[nodiscard]] std::string message_upstream() const {
    return fmt::format("{}{}{}", kBefore, sequence.upstream, kSmuggled);
  }
  // As it goes in chunks (RFC 3030): no dot is stuffed, and none is the end.
  [[nodiscard]] std::string content_upstream() const {
    std::string content = message_upstream();
    content.resize(content.size() - std::string_view(".\r\n").size());
    for (std::size_t at = 0; (at = content.find("\r\n.", at)) != std::string::npos; at += 2) {
      content.erase(at + 2, 1);
    }
    return content;
  }
};

std::string name_of(const Case& tried) {
  return fmt::format("sequence_{}_where_line_ends_are_{}", tried.sequence.number,
                     tried.line_ends == LineEnds::normalize ? "normalized" : "rejected");
}
void PrintTo(const Case& tried, std::ostream* out) { *out << name_of(tried); }

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Sequence& sequence : kSequences) {
    all.push_back({sequence, LineEnds::normalize});
    all.push_back({sequence, LineEnds::reject});
  }
  return all;
}

class Section2_Smuggling : public testing::TestWithParam<Case> {
 protected:
  // One session around one message. `deliver` sends from DATA to QUIT, and waits.
  template <class Deliver>
  void smuggle(const std::string& how, Deliver deliver) {
    for (const bool chunks : {false, true}) {
      SCOPED_TRACE(how);
      SCOPED_TRACE(chunks);
      Setting setting;
      setting.listener.line_ends = GetParam().line_ends;
      setting.scripts = {{.ehlo = chunks ? kChunking : kDotted}};
      Stage stage(std::move(setting));
      RawClient& client = stage.greeted();
      stage.ask(client, "MAIL FROM:<a@app.example>\r\n");
      stage.ask(client, "RCPT TO:<b@partner.example>\r\n");
      deliver(stage, client, GetParam().body());
      stage.hear_to_end(client);
      judge(stage, client, chunks);
    }
  }

 private:
  static void judge(Stage& stage, const RawClient& client, bool chunks) {
    const Case& tried = GetParam();
    const ScriptedUpstream& upstream = stage.upstream();
    EXPECT_EQ(upstream.commands("MAIL"), std::vector<std::string>{"MAIL FROM:<a@app.example>\r\n"});
    EXPECT_EQ(upstream.commands("RCPT"),
              std::vector<std::string>{"RCPT TO:<b@partner.example>\r\n"});
    EXPECT_EQ(upstream.commands("DATA").size(), chunks ? 0U : 1U);
    EXPECT_LE(upstream.commands("BDAT").size(), chunks ? 1U : 0U);
    EXPECT_FALSE(has_bare_line_end_or_nul(upstream.received())) << visible(upstream.received());
    // The greeting, EHLO, MAIL, RCPT, DATA, one answer to the message, QUIT: no more, no less.
    EXPECT_EQ(read_replies(client.heard()).codes(),
              (std::vector<int>{220, 250, 250, 250, 354, tried.accepted() ? 250 : 554, 221}));
    if (tried.accepted()) {
      EXPECT_EQ(upstream.messages(), std::vector<std::string>{chunks ? tried.content_upstream()
                                                                     : tried.message_upstream()});
    } else {
      EXPECT_EQ(upstream.messages(), std::vector<std::string>{});
      EXPECT_TRUE(client.heard().contains("\r\n554 5.6.0 ")) << visible(client.heard());
    }
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome,
              tried.accepted() ? observe::Outcome::accepted : observe::Outcome::refused);
  }
};

INSTANTIATE_TEST_SUITE_P(Of, Section2_Smuggling, testing::ValuesIn(cases()),
                         [](const auto& parameter) { return name_of(parameter.param); });

TEST_P(Section2_Smuggling, ends_in_one_message_or_none_when_it_comes_whole) {
  smuggle("whole", [](Stage& stage, RawClient& client, std::string body) {
    EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
    stage.ask(client, std::move(body));
    client.send("QUIT\r\n");
  });
}

TEST_P(Section2_Smuggling, ends_in_one_message_or_none_when_it_comes_byte_by_byte) {
  smuggle("byte by byte", [](Stage& stage, RawClient& client, const std::string& body) {
    EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
    client.send_byte_by_byte(body, std::chrono::milliseconds(1));
    stage.hear(client);
    client.send("QUIT\r\n");
  });
}

// Around the sequence and around the true end.
TEST_P(Section2_Smuggling, ends_in_one_message_or_none_wherever_it_is_split) {
  const std::size_t after_sequence = kBefore.size() + GetParam().sequence.bytes.size();
  const std::size_t end = GetParam().body().size();
  for (const std::size_t from : {after_sequence, end}) {
    for (std::size_t back = 0; back <= 8; ++back) {
      const std::size_t split = from - back;
      smuggle(fmt::format("split after {} bytes", split),
              [split](Stage& stage, RawClient& client, const std::string& body) {
                EXPECT_TRUE(stage.ask(client, "DATA\r\n").starts_with("354 "));
                client.send(body.substr(0, split));
                client.send(body.substr(split), std::chrono::milliseconds(1));
                stage.hear(client);
                client.send("QUIT\r\n");
              });
    }
  }
}

TEST_P(Section2_Smuggling, ends_in_one_message_or_none_in_one_segment_with_the_commands_around_it) {
  smuggle("coalesced", [](Stage& stage, RawClient& client, const std::string& body) {
    stage.ask(client, "DATA\r\n" + body + "QUIT\r\n", 3);
  });
}

// The next transaction comes in the same segment, before anybody has said what became of this one.
TEST_P(Section2_Smuggling, does_not_reach_into_the_next_message_in_the_same_segment) {
  for (const bool chunks : {false, true}) {
    SCOPED_TRACE(chunks);
    Setting setting;
    setting.listener.line_ends = GetParam().line_ends;
    setting.scripts = {{.ehlo = chunks ? kChunking : kDotted}};
    Stage stage(std::move(setting));
    RawClient& client = stage.greeted();
    client.send("MAIL FROM:<a@app.example>\r\nRCPT TO:<b@partner.example>\r\nDATA\r\n" +
                GetParam().body() +
                "MAIL FROM:<second@app.example>\r\nRCPT TO:<b@partner.example>\r\nDATA\r\n"
                "second\r\n.\r\nQUIT\r\n");
    EXPECT_EQ(read_replies(stage.hear_to_end(client)).codes(),
              (std::vector<int>{250, 250, 354, GetParam().accepted() ? 250 : 554, 250, 250, 354,
                                250, 221}));
    const ScriptedUpstream& upstream = stage.upstream();
    EXPECT_EQ(upstream.commands("MAIL"),
              (std::vector<std::string>{"MAIL FROM:<a@app.example>\r\n",
                                        "MAIL FROM:<second@app.example>\r\n"}));
    std::vector<std::string> messages = {chunks ? "second\r\n" : "second\r\n.\r\n"};
    if (GetParam().accepted()) {
      messages.insert(messages.begin(),
                      chunks ? GetParam().content_upstream() : GetParam().message_upstream());
    }
    EXPECT_EQ(upstream.messages(), messages);
  }
}

}  // namespace
}  // namespace truerelay::attacks
