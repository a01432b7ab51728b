#include "tests/fuzz/claims.h"

#include <algorithm>

#include "base/ascii.h"
#include "tests/attacks/bytes.h"
#include "tests/fuzz/reference_data.h"
#include "tests/fuzz/require.h"

namespace truerelay::fuzz {
namespace {

using Message = LiteralUpstream::Message;

// Goes through what was sent with a finger on what was heard.
class Walk {
 public:
  Walk(std::string_view sent, std::vector<std::string> heard, bool rejects,
       const std::vector<Message>& messages)
      : sent_(sent), heard_(std::move(heard)), rejects_(rejects), messages_(messages) {}

  void go(bool cut) {
    while (at_ < heard_.size()) {
      const std::string reply = next_reply();
      if (at_ == 1) {
        continue;  // The greeting.
      }
      const std::size_t end = sent_.find('\n');
      if (end == sent_.npos) {
        require(at_ == heard_.size() && ends_session(reply),
                "only the end of the session answers nothing");
        break;
      }
      const std::string_view line = sent_.substr(0, end + 1);
      sent_.remove_prefix(end + 1);
      judge(line, reply);
    }
    require(!heard_.empty() || cut, "a client hears a greeting");
    const bool all_answered = !sent_.contains('\n') && !unheard_;
    require(all_answered || cut || ends_session(heard_.back()),
            "no line is left without an answer, unless the session has ended");
    const auto accepted = std::ranges::count_if(messages_, &Message::accepted);
    require(accepted == told_accepted_ || (cut && !all_answered && accepted > told_accepted_),
            "the upstream accepted what the client was told, and nothing else");
  }

 private:
  std::string next_reply() { return heard_[at_++]; }

  static bool ends_session(std::string_view reply) {
    constexpr std::string_view kLast[] = {"221", "421", "500", "501", "502", "554"};
    return std::ranges::find(kLast, reply.substr(0, 3)) != std::end(kLast);
  }

  void judge(std::string_view line, const std::string& reply) {
    const bool good = reply.front() == '2';
    const std::string verb = ascii_upper(line.substr(0, 4));
    if (reply.starts_with("354")) {
      require(verb == "DATA", "only DATA is told to go ahead");
      judge_message();
    } else if (verb == "RCPT" && good) {
      recipients_.push_back(reply);
    } else if (good && (verb == "MAIL" || verb == "RSET" || verb == "EHLO" || verb == "HELO")) {
      recipients_.clear();
    } else if (good) {
      require(verb == "NOOP" || verb == "VRFY" || verb == "HELP" || verb == "QUIT",
              "no other command is accepted");
    }
  }

  void judge_message() {
    const Decoded message = reference_decode(sent_, rejects_);
    sent_.remove_prefix(message.taken);
    const std::vector<std::string> told = std::exchange(recipients_, {});
    if (at_ == heard_.size()) {
      unheard_ = true;
      return;
    }
    const std::string reply = next_reply();
    if (reply.front() != '2') {
      return;
    }
    require(message.finished && !message.refused, "what is accepted has come, and is in order");
    const auto found = std::ranges::find_if(messages_, [&reply](const Message& each) {
      return each.accepted() && same(reply, *each.answer);
    });
    require(found != messages_.end(), "what is accepted is what the upstream accepted");
    require_same(found->content, message.content, "and its content");
    require(found->replies.size() == told.size(), "and its recipients");
    for (std::size_t i = 0; i < told.size(); ++i) {
      require(same(told[i], found->replies[i]), "and each was told so");
    }
    ++told_accepted_;
  }

  std::string_view sent_;
  const std::vector<std::string> heard_;
  const bool rejects_;
  const std::vector<Message>& messages_;
  std::size_t at_ = 0;
  std::vector<std::string> recipients_;  // The replies to those that were accepted.
  std::ptrdiff_t told_accepted_ = 0;
  bool unheard_ = false;  // The session ended before the answer to a message.
};

}  // namespace

void check_claims(const Told& told, smtp::LineEnds line_ends,
                  const std::vector<Message>& messages) {
  attacks::Replies replies = attacks::read_replies(told.heard);
  require(replies.fault.empty() || (told.may_be_cut && replies.fault.contains("does not end")),
          "a client hears replies: " + replies.fault);
  Walk(told.sent, std::move(replies.whole), line_ends == smtp::LineEnds::reject, messages)
      .go(told.may_be_cut);
}

bool same(std::string_view heard, const smtp::Reply& reply) {
  return heard == smtp::serialize(reply);
}

}  // namespace truerelay::fuzz
