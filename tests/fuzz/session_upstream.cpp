// A whole session with an upstream that says anything: "220 hello~250-a...~", each word its answer
// to what it is asked next (LiteralUpstream). The client sends two messages to two recipients each.

#include <algorithm>
#include <string>
#include <vector>

#include "tests/attacks/bytes.h"
#include "tests/fuzz/claims.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/relay_stage.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

using Message = LiteralUpstream::Message;

constexpr const char* kRecipients[] = {"RCPT TO:<b@partner.example>\r\n",
                                       "RCPT TO:<c@partner.example>\r\n"};

struct Letter {
  std::string sent;
  std::string content;  // What it means.
};

// One client, who asks for one thing after the other, and remembers what it was told.
class Client {
 public:
  explicit Client(RelayStage& stage) : stage_(stage) {}

  void speak() {
    (void)ask("", "220");
    (void)ask("EHLO client.example\r\n", "250");
    send({"first\r\n..dots\r\n", "first\r\n.dots\r\n"});
    send({"second\r\n", "second\r\n"});
    (void)ask("QUIT\r\n", "221");
  }

  // When everything has come to its end. An upstream that speaks ahead may be misunderstood where
  // its words come late; even then nothing is sent twice.
  void check_all(bool in_time) const {
    const std::vector<Message> messages = stage_.upstream().messages();
    if (in_time || !stage_.upstream().spoke_ahead()) {
      for (const Accepted& accepted : accepted_) {
        require(
            std::ranges::any_of(messages, [&](const Message& each) { return is(each, accepted); }),
            "a message that is accepted was accepted upstream, for just these recipients");
      }
    }
    const auto taken = std::ranges::count_if(messages, &Message::accepted);
    require(static_cast<std::size_t>(taken) <= accepted_.size() + doubts_,
            "nothing that was accepted upstream was refused, or sent twice");
    for (const Message& message : messages) {
      const auto copies = std::ranges::count_if(messages, [&](const Message& each) {
        return each.content == message.content && (!each.answer || each.accepted());
      });
      require(copies <= 1, "what may have been accepted is not sent again");
    }
  }

 private:
  struct Accepted {
    std::string content;
    std::vector<std::string> recipients;
    std::string reply;
  };

  // Whether the reply begins so. Every command has one, until the session has ended with 421.
  bool ask(const std::string& bytes, std::string_view code) {
    if (over_) {
      return false;
    }
    const attacks::Replies replies = attacks::read_replies(stage_.ask(bytes));
    require_same(replies.fault, "", "a client hears replies");
    require(replies.whole.size() == 1, "a command has one answer");
    last_ = replies.whole.front();
    over_ = last_.starts_with("421") || last_.starts_with("221");
    return last_.starts_with(code);
  }

  void send(const Letter& letter) {
    std::vector<std::string> recipients;
    (void)ask("MAIL FROM:<a@app.example>\r\n", "250");
    for (const char* recipient : kRecipients) {
      if (ask(recipient, "2")) {
        require(was_said(last_), "a recipient is accepted in the upstream's own words");
        recipients.emplace_back(recipient);
      }
    }
    if (!ask("DATA\r\n", "354")) {
      (void)ask("RSET\r\n", "250");
    } else if (ask(letter.sent + ".\r\n", "2")) {
      require(was_said(last_), "a message is accepted in the upstream's own words");
      accepted_.push_back({letter.content, std::move(recipients), last_});
    } else {
      doubts_ += last_.contains("Outcome unknown") ? 1 : 0;
    }
  }

  [[nodiscard]] bool was_said(const std::string& reply) const {
    const std::vector<smtp::Reply> said = stage_.upstream().said();
    return std::ranges::any_of(said, [&](const smtp::Reply& each) { return same(reply, each); });
  }

  static bool is(const Message& message, const Accepted& accepted) {
    return message.accepted() && message.content == accepted.content &&
           message.recipients == accepted.recipients && same(accepted.reply, *message.answer);
  }

  RelayStage& stage_;
  std::string last_;
  bool over_ = false;
  std::vector<Accepted> accepted_;
  std::size_t doubts_ = 0;
};

}  // namespace

void run(std::string_view input) {
  const std::uint64_t seed = seed_of(input);
  const std::vector<std::string_view> words = fields(input, '~', 40);
  Conditions conditions{.seed = seed, .odd_links = seed / 8 % 4 == 0};
  if (seed % 2 == 0) {
    conditions.ehlo = kEhloWithChunks;
  }
  // What stands behind the last "~" is nothing but the end of the file.
  conditions.words.assign(words.begin(), words.end() - 1);
  const bool in_time = !conditions.odd_links;
  RelayStage stage(std::move(conditions));
  Client client(stage);
  client.speak();
  stage.end();
  client.check_all(in_time);
}

}  // namespace truerelay::fuzz
