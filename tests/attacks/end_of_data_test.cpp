#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/attacks/stage.h"

// The end of a message is CRLF.CRLF, or .CRLF as the first three bytes, and nothing else. Without
// it nothing is sent.

namespace truerelay::attacks {
namespace {

using observe::Outcome;

constexpr const char* kEnvelope =
    "MAIL FROM:<a@app.example>\r\nRCPT TO:<b@partner.example>\r\nDATA\r\n";

// A client that has been told 354.
RawClient& in_data(Stage& stage) {
  RawClient& client = stage.greeted();
  EXPECT_EQ(read_replies(stage.ask(client, kEnvelope, 3)).codes(),
            (std::vector<int>{250, 250, 354}));
  return client;
}

TEST(Section2_EndOfData, right_after_354_is_an_empty_message) {
  for (const bool bytewise : {false, true}) {
    SCOPED_TRACE(bytewise);
    Stage stage;
    RawClient& client = in_data(stage);
    if (bytewise) {
      client.send_byte_by_byte(".\r\n", std::chrono::milliseconds(1));
    } else {
      client.send(".\r\n");
    }
    EXPECT_EQ(stage.hear(client), "250 2.0.0 queued\r\n");
    EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{".\r\n"});
  }
}

TEST(Section2_EndOfData, does_not_stand_behind_a_line_without_its_end) {
  Stage stage;
  RawClient& client = in_data(stage);
  client.send("Subject: x\r\n\r\ntext.\r\n");
  stage.run_for(std::chrono::seconds(10));
  EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
  EXPECT_EQ(stage.ask(client, "more\r\n.\r\n"), "250 2.0.0 queued\r\n");
  EXPECT_EQ(stage.upstream().messages(),
            std::vector<std::string>{"Subject: x\r\n\r\ntext.\r\nmore\r\n.\r\n"});
}

TEST(Section2_EndOfData, is_all_that_a_client_may_leave_out) {
  struct Leaving {
    const char* body;
    bool finishes;  // Ends its side and still listens; otherwise it closes.
  };
  for (const Leaving& leaving :
       {Leaving{"", true}, Leaving{"", false}, Leaving{"Subject: x\r\n\r\nhalf", true},
        Leaving{"Subject: x\r\n\r\nhalf", false}, Leaving{"Subject: x\r\n\r\nall\r\n", true},
        Leaving{"Subject: x\r\n\r\nall\r\n.", true}, Leaving{"Subject: x\r\n\r\nall\r\n.\r", true},
        Leaving{"Subject: x\r\n\r\nall\r\n.\r", false}}) {
    SCOPED_TRACE(visible(leaving.body));
    Stage stage;
    RawClient& client = in_data(stage);
    client.send(leaving.body);
    if (leaving.finishes) {
      client.finish();
      stage.hear_to_end(client);
    } else {
      stage.run_for(std::chrono::seconds(1));
      client.leave();
    }
    stage.run_for(std::chrono::seconds(10));
    EXPECT_EQ(stage.sessions(), 0U);
    EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
    EXPECT_FALSE(stage.upstream().received().contains("\r\n.\r\n"));
    EXPECT_TRUE(stage.upstream().connections().back().ended);
    ASSERT_EQ(stage.records().messages.size(), 1U);
    EXPECT_EQ(stage.records().messages.front().outcome, Outcome::abandoned);
  }
}

// SIZE counts the octets that leave: each bare LF makes two.
TEST(Section2_EndOfData, is_refused_where_the_message_has_grown_beyond_the_limit) {
  constexpr std::size_t kLimit = 10'000;
  Setting setting;
  setting.scripts = {{.ehlo = "250-upstream.example\r\n250 SIZE 10000\r\n"}};
  Stage stage(std::move(setting));
  RawClient& client = in_data(stage);
  std::string body;
  while (body.size() < kLimit - 1000) {
    body += "1234\n";
  }
  EXPECT_TRUE(stage.ask(client, body + "\r\n.\r\n").starts_with("552 5.3.4 "));
  EXPECT_EQ(stage.upstream().messages(), std::vector<std::string>{});
  // The session goes on.
  EXPECT_EQ(read_replies(stage.ask(client, kEnvelope, 3)).codes(),
            (std::vector<int>{250, 250, 354}));
  EXPECT_EQ(stage.ask(client, "small\r\n.\r\n"), "250 2.0.0 queued\r\n");
}

// Line ends of all kinds in one message: what is counted is what leaves, to the octet.
TEST(Section2_MixedEnds, are_counted_as_they_leave) {
  const std::string body = "a\nb\rc\r\n\n\r\r\n..d\r\n";
  const std::string leaves = "a\r\nb\r\nc\r\n\r\n\r\n\r\n.d\r\n";
  for (const char* offer : {"250 SIZE ", "250-CHUNKING\r\n250 SIZE "}) {
    for (const std::size_t limit : {leaves.size() + 1, leaves.size(), leaves.size() - 1}) {
      for (const bool bytewise : {false, true}) {
        SCOPED_TRACE(visible(offer));
        SCOPED_TRACE(limit);
        SCOPED_TRACE(bytewise);
        Setting setting;
        setting.scripts = {
            {.ehlo = "250-upstream.example\r\n" + (offer + std::to_string(limit)) + "\r\n"}};
        Stage stage(std::move(setting));
        RawClient& client = in_data(stage);
        if (bytewise) {
          client.send_byte_by_byte(body + ".\r\n", std::chrono::milliseconds(1));
        } else {
          client.send(body + ".\r\n");
        }
        const std::string heard = stage.hear(client);
        EXPECT_TRUE(heard.starts_with(limit < leaves.size() ? "552 5.3.4 " : "250 ")) << heard;
        ASSERT_EQ(stage.records().messages.size(), 1U);
        EXPECT_EQ(stage.records().messages.front().size, leaves.size());
        EXPECT_EQ(stage.upstream().messages().size(), limit < leaves.size() ? 0U : 1U);
      }
    }
  }
}

}  // namespace
}  // namespace truerelay::attacks
