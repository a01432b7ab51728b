#include "tests/relay/staged_upstream.h"

#include <charconv>
#include <utility>

#include "base/buffer.h"

namespace truerelay::relay {
namespace {

std::string on_the_wire(const std::string& lines) {
  std::string bytes;
  for (const char c : lines) {
    bytes += c == '\n' ? "\r\n" : std::string(1, c);
  }
  return bytes + "\r\n";
}

const std::map<std::string, std::string>& decent_answers() {
  static const std::map<std::string, std::string> kAnswers = {
      {"greeting", "220 staged.example ESMTP"},
      {"EHLO", "250-staged.example\n250 PIPELINING"},
      {"HELO", "250 staged.example"},
      {"AUTH", "235 2.7.0 Welcome"},
      {"MAIL", "250 2.1.0 Sender fine"},
      {"RCPT", "250 2.1.5 Recipient fine"},
      {"DATA", "354 Go ahead"},
      {".", "250 2.0.0 Taken"},
      {"BDAT", "250 2.0.0 More"},
      {"LAST", "250 2.0.0 Taken"},
      {"RSET", "250 2.0.0 Reset"},
      {"NOOP", "250 2.0.0 Here"},
      {"QUIT", "221 2.0.0 Bye"},
  };
  return kAnswers;
}

}  // namespace

void StagedUpstream::offer(std::string ehlo_lines) {
  std::string reply = "250-staged.example";
  std::size_t begin = 0;
  while (begin <= ehlo_lines.size()) {
    const std::size_t end = std::min(ehlo_lines.find('\n', begin), ehlo_lines.size());
    reply += "\n250" + std::string(end == ehlo_lines.size() ? " " : "-") +
             ehlo_lines.substr(begin, end - begin);
    begin = end + 1;
  }
  answer("EHLO", reply);
}

StageScript::Act StagedUpstream::what_to_do(std::size_t connection, const std::string& line) {
  const bool last = line.starts_with("BDAT") && line.ends_with(" LAST");
  const std::string verb = last ? "LAST" : line.substr(0, line.find(' '));
  for (StageScript* script : {&scripts_[connection], static_cast<StageScript*>(this)}) {
    const std::optional<Act> staged = script->act(line, verb);
    if (staged) {
      return *staged;
    }
  }
  const auto decent = decent_answers().find(verb);
  return {What::say, decent == decent_answers().end() ? "500 5.5.2 Not staged" : decent->second};
}

std::size_t StagedUpstream::times(std::string_view command) const {
  std::size_t times = 0;
  for (const std::string& flight : flights) {
    for (std::size_t line = 0; line < flight.size(); line = flight.find('\n', line) + 1) {
      times += flight.compare(line, command.size(), command) == 0 ? 1 : 0;
    }
  }
  return times;
}

void StagedUpstream::serve(std::unique_ptr<io::Stream> stream) {
  ++connections;
  streams_.push_back(std::move(stream));
  most_at_once = std::max(most_at_once, scope_.running() + 1);
  scope_.spawn(run(streams_.back(), connections));
}

void StagedUpstream::blurt(std::string reply) {
  scope_.spawn(write(streams_.back(), on_the_wire(reply)));
}

void StagedUpstream::hang_up() {
  for (const std::shared_ptr<io::Stream>& stream : streams_) {
    stream->close();
  }
}

void StagedUpstream::hang_up(std::size_t connection) { streams_.at(connection - 1)->close(); }

io::Task<void> StagedUpstream::write(std::shared_ptr<io::Stream> stream, std::string bytes) {
  co_await stream->write(bytes);
}

// One connection: what has arrived of it, and what is to be said.
class StagedUpstream::Session {
 public:
  Session(StagedUpstream& stage, std::size_t connection) : stage_(stage), connection_(connection) {
    const Act greeting = stage_.what_to_do(connection_, "greeting");
    silent_ = greeting.what == What::fall_silent;
    hangs_up = greeting.what == What::hang_up;
    replies = greeting.what == What::say ? on_the_wire(greeting.say) : "";
  }

  void take(Buffer& arrived) {
    std::string flight;
    while (!hangs_up && (in_chunk_ ? take_chunk(arrived) : take_line(arrived, flight))) {
    }
    const std::optional<std::size_t> most = stage_.scripts_[connection_].most_of_message
                                                ? stage_.scripts_[connection_].most_of_message
                                                : stage_.most_of_message;
    hangs_up = hangs_up || (most && body_.size() + (in_chunk_ ? arrived.size() : 0) >= *most);
    if (!flight.empty()) {
      stage_.flights.push_back(std::move(flight));
      stage_.flown_on.push_back(connection_);
    }
  }

  std::string replies;
  bool hangs_up = false;

 private:
  bool take_line(Buffer& arrived, std::string& flight) {
    const std::size_t end = arrived.readable().find("\r\n");
    if (end == std::string_view::npos) {
      return false;
    }
    const std::string line(arrived.readable().substr(0, end));
    arrived.consume(end + 2);
    if (in_body_ && line != ".") {
      body_ += line + "\r\n";
      return true;
    }
    if (in_body_) {
      stage_.bodies.push_back(std::exchange(body_, {}));
      in_body_ = false;
    } else {
      flight += line + "\n";
    }
    if (line.starts_with("BDAT ")) {
      begin_chunk(line);
    } else {
      in_body_ = line == "DATA";
      in_body_ = act(line).starts_with("354") && in_body_;
      hangs_up = hangs_up || (line == "QUIT" && !silent_);
      if (line.starts_with("MAIL") || line == "RSET") {
        body_.clear();
      }
    }
    return true;
  }

  void begin_chunk(const std::string& line) {
    in_chunk_ = true;
    chunk_line_ = line;
    missing_ = 0;
    std::from_chars(line.data() + 5, line.data() + line.size(), missing_);
  }

  bool take_chunk(Buffer& arrived) {
    if (arrived.size() < missing_) {
      return false;
    }
    body_ += arrived.readable().substr(0, missing_);
    arrived.consume(missing_);
    stage_.chunks.push_back(missing_);
    in_chunk_ = false;
    if (chunk_line_.ends_with(" LAST")) {
      stage_.bodies.push_back(std::exchange(body_, {}));
    }
    act(chunk_line_);
    return true;
  }

  // What it says, or "".
  std::string act(const std::string& line) {
    const Act next = stage_.what_to_do(connection_, line);
    silent_ = silent_ || next.what == What::fall_silent;
    hangs_up = hangs_up || next.what == What::hang_up;
    if (silent_ || hangs_up) {
      return "";
    }
    replies += on_the_wire(next.say);
    return next.say;
  }

  StagedUpstream& stage_;
  const std::size_t connection_;
  bool silent_ = false;
  bool in_body_ = false;
  bool in_chunk_ = false;
  std::size_t missing_ = 0;
  std::string chunk_line_;
  std::string body_;
};

io::Task<void> StagedUpstream::run(std::shared_ptr<io::Stream> stream, std::size_t connection) {
  Session session(*this, connection);
  Buffer arrived;
  while (!session.hangs_up) {
    if (!session.replies.empty()) {
      const std::string bytes = std::exchange(session.replies, {});
      const io::Result<void> written = co_await stream->write(bytes);
      if (!written) {
        break;
      }
    }
    const io::Result<std::size_t> count = co_await stream->read(arrived);
    if (!count || *count == 0) {
      break;
    }
    session.take(arrived);
  }
  if (!session.replies.empty()) {
    co_await stream->write(session.replies);
  }
  stream->close();
}

}  // namespace truerelay::relay
