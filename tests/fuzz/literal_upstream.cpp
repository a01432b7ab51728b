#include "tests/fuzz/literal_upstream.h"

#include <fmt/core.h>

#include <cstdlib>

#include "tests/fuzz/reference_data.h"
#include "tests/fuzz/reference_replies.h"

namespace truerelay::fuzz {
namespace {

constexpr const char* kEnd = "end";
constexpr const char* kLast = "last";

bool ends_message(std::string_view what) { return what == kEnd || what == kLast; }

}  // namespace

LiteralUpstream::LiteralUpstream(simulation::World& world, std::vector<std::string> words,
                                 std::string ehlo)
    : words_(words.begin(), words.end()), ehlo_(std::move(ehlo)), scope_(world) {}

void LiteralUpstream::accept(std::unique_ptr<io::Stream> stream) {
  scope_.spawn(serve(std::move(stream), connections_.emplace_back()));
}

void LiteralUpstream::leave() {
  for (io::Stream* stream : streams_) {
    stream->close();
  }
}

io::Task<void> LiteralUpstream::serve(std::unique_ptr<io::Stream> stream, Connection& connection) {
  streams_.push_back(stream.get());
  std::optional<Asked> asked = Asked{"greeting"};
  bool goes_on = true;
  while (goes_on) {
    while (goes_on && asked) {
      std::string words = answer_to(*asked);
      connection.asked.push_back(*std::move(asked));
      goes_on = !words.ends_with('!') && connection.asked.back().what != "QUIT\r\n";
      if (words.ends_with('!')) {
        words.pop_back();
      }
      connection.said += words;
      if (!words.empty()) {
        const io::Result<void> written = co_await stream->write(words);
        goes_on = goes_on && written;
      }
      const std::vector<smtp::Reply> replies = reference_replies(connection.said).replies;
      const std::size_t number = connection.asked.size() - 1;
      spoke_ahead_ = spoke_ahead_ || replies.size() > number + 1;
      connection.in_message = connection.asked.back().what == "DATA\r\n" &&
                              number < replies.size() && replies[number].code == 354;
      asked = next(connection);
    }
    Buffer arrived;
    const io::Result<std::size_t> count =
        goes_on ? co_await stream->read(arrived) : io::Result<std::size_t>(0);
    goes_on = goes_on && count && *count > 0;
    connection.unread += arrived.readable();
    asked = next(connection);
  }
  streams_.remove(stream.get());
}

std::optional<LiteralUpstream::Asked> LiteralUpstream::next(Connection& connection) const {
  if (connection.in_message) {
    if (!connection.unread.starts_with(".\r\n") && !connection.unread.contains("\r\n.\r\n")) {
      return std::nullopt;  // No need to read it all each time that some of it has come.
    }
    const Decoded message = reference_decode(connection.unread, true);
    if (!message.finished) {
      return std::nullopt;
    }
    connection.unread.erase(0, message.taken);
    return Asked{kEnd, message.refused ? "(a bare line end)" : message.content};
  }
  const std::size_t end = connection.unread.find("\r\n");
  if (end == std::string::npos) {
    return std::nullopt;
  }
  if (connection.unread.starts_with("BDAT ")) {
    return next_chunk(connection, end + 2);
  }
  Asked line{connection.unread.substr(0, end + 2)};
  connection.unread.erase(0, end + 2);
  return line;
}

// A chunk, with its octets (RFC 3030 section 2).
std::optional<LiteralUpstream::Asked> LiteralUpstream::next_chunk(Connection& connection,
                                                                  std::size_t line_end) const {
  const std::string line = connection.unread.substr(0, line_end);
  const auto octets = static_cast<std::size_t>(std::strtoull(line.c_str() + 5, nullptr, 10));
  if (connection.unread.size() - line_end < octets) {
    return std::nullopt;
  }
  connection.chunks += connection.unread.substr(line_end, octets);
  connection.unread.erase(0, line_end + octets);
  if (!line.ends_with(" LAST\r\n")) {
    return Asked{line};
  }
  return Asked{kLast, std::exchange(connection.chunks, {})};
}

std::string LiteralUpstream::answer_to(const Asked& asked) {
  if (!words_.empty()) {
    std::string words = std::move(words_.front());
    words_.pop_front();
    return words;
  }
  const unsigned number = ++answers_;
  if (asked.what.starts_with("EHLO ")) {
    return ehlo_;
  }
  if (asked.what.starts_with("RCPT ")) {
    return asked.what.starts_with("RCPT TO:<no")
               ? fmt::format("550 5.1.1 answer {}: nobody\r\n", number)
               : fmt::format("250 2.1.5 answer {}: somebody\r\n", number);
  }
  if (ends_message(asked.what)) {
    return asked.content.contains("refuse me")
               ? fmt::format("554-5.6.0 answer {}: no\r\n554 5.6.0 never\r\n", number)
               : fmt::format("250-2.0.0 answer {}: yes\r\n250 2.0.0 queued\r\n", number);
  }
  return asked.what == "greeting"   ? "220 upstream.example ESMTP\r\n"
         : asked.what == "DATA\r\n" ? "354 go ahead\r\n"
         : asked.what == "QUIT\r\n" ? "221 2.0.0 bye\r\n"
                                    : "250 2.0.0 ok\r\n";
}

std::vector<LiteralUpstream::Message> LiteralUpstream::messages() const {
  std::vector<Message> found;
  for (const Connection& connection : connections_) {
    const std::vector<smtp::Reply> replies = reference_replies(connection.said).replies;
    Message open;
    for (std::size_t i = 0; i < connection.asked.size(); ++i) {
      const Asked& asked = connection.asked[i];
      const bool taken = i < replies.size() && replies[i].completion();
      if (asked.what.starts_with("RCPT ") && taken) {
        open.recipients.push_back(asked.what);
        open.replies.push_back(replies[i]);
      } else if (ends_message(asked.what)) {
        open.content = asked.content;
        open.answer = i < replies.size() ? std::optional(replies[i]) : std::nullopt;
        found.push_back(std::exchange(open, {}));
      } else if (asked.what == "RSET\r\n" || asked.what.starts_with("MAIL ")) {
        open = {};
      }
    }
  }
  return found;
}

std::vector<smtp::Reply> LiteralUpstream::said() const {
  std::vector<smtp::Reply> all;
  for (const Connection& connection : connections_) {
    const std::vector<smtp::Reply> replies = reference_replies(connection.said).replies;
    all.insert(all.end(), replies.begin(), replies.end());
  }
  return all;
}

}  // namespace truerelay::fuzz
