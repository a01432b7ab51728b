#include "tests/relay/staged_upstream.h"

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
      {"RSET", "250 2.0.0 Reset"},
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

StagedUpstream::Act StagedUpstream::act(const std::string& line) {
  const std::string verb = line.substr(0, line.find(' '));
  const auto whole = script_.find(line);
  const auto staged = whole != script_.end() ? whole : script_.find(verb);
  if (staged != script_.end()) {
    const Act found = staged->second;
    if (found.once) {
      script_.erase(staged);
    }
    return found;
  }
  const auto decent = decent_answers().find(verb);
  return {What::say, decent == decent_answers().end() ? "500 5.5.2 Not staged" : decent->second};
}

bool StagedUpstream::heard(std::string_view command) const {
  for (const std::string& flight : flights) {
    if (flight.find(command) != std::string::npos) {
      return true;
    }
  }
  return false;
}

void StagedUpstream::serve(std::unique_ptr<io::Stream> stream) {
  ++connections;
  newest_ = std::move(stream);
  scope_.spawn(run(newest_));
}

void StagedUpstream::blurt(std::string reply) { scope_.spawn(write(newest_, on_the_wire(reply))); }

void StagedUpstream::hang_up() {
  if (newest_) {
    newest_->close();
  }
}

io::Task<void> StagedUpstream::write(std::shared_ptr<io::Stream> stream, std::string bytes) {
  co_await stream->write(bytes);
}

io::Task<void> StagedUpstream::run(std::shared_ptr<io::Stream> stream) {
  Buffer arrived;
  bool in_body = false;
  bool silent = false;
  std::string body;
  const Act greeting = act("greeting");
  silent = greeting.what == What::fall_silent;
  std::string replies = greeting.what == What::say ? on_the_wire(greeting.say) : "";
  bool hangs_up = greeting.what == What::hang_up;
  while (!hangs_up) {
    if (!replies.empty()) {
      const std::string bytes = std::exchange(replies, {});
      const io::Result<void> written = co_await stream->write(bytes);
      if (!written) {
        break;
      }
    }
    const io::Result<std::size_t> count = co_await stream->read(arrived);
    if (!count || *count == 0) {
      break;
    }
    std::string flight;
    std::string_view rest = arrived.readable();
    for (std::size_t end = rest.find("\r\n"); end != std::string_view::npos && !hangs_up;
         end = rest.find("\r\n")) {
      const std::string line(rest.substr(0, end));
      rest.remove_prefix(end + 2);
      if (in_body && line != ".") {
        body += line + "\r\n";
        continue;
      }
      if (in_body) {
        bodies.push_back(std::exchange(body, {}));
        in_body = false;
      } else {
        flight += line + "\n";
      }
      const Act next = act(line);
      silent = silent || next.what == What::fall_silent;
      hangs_up = next.what == What::hang_up;
      if (!silent && !hangs_up) {
        replies += on_the_wire(next.say);
        in_body = line == "DATA" && next.say.starts_with("354");
        hangs_up = line == "QUIT";
      }
    }
    arrived.consume(arrived.size() - rest.size());
    if (!flight.empty()) {
      flights.push_back(std::move(flight));
    }
  }
  if (!replies.empty()) {
    co_await stream->write(replies);
  }
  stream->close();
}

}  // namespace truerelay::relay
