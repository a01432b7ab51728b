#include "tests/attacks/scripted_upstream.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "io/sleep.h"

namespace truerelay::attacks {
namespace {

std::string verb_of(std::string_view line) {
  const std::size_t end = line.find_first_of(" :\r\n");
  return ascii_upper(line.substr(0, end));
}

}  // namespace

// What a BDAT line announces.
struct Chunk {
  std::size_t octets = 0;
  bool last = false;
};

// nullopt: no BDAT that RFC 3030 allows.
std::optional<Chunk> chunk_of(std::string_view line) {
  Chunk chunk;
  line.remove_prefix(std::string_view("BDAT ").size());
  const auto [end, error] = std::from_chars(line.begin(), line.end(), chunk.octets);
  const std::string_view rest(end, static_cast<std::size_t>(line.end() - end));
  chunk.last = rest == " LAST\r\n";
  if (error != std::errc{} || (!chunk.last && rest != "\r\n")) {
    return std::nullopt;
  }
  return chunk;
}

// One connection's dialogue.
struct ScriptedUpstream::Service {
  ScriptedUpstream& upstream;
  Connection& connection;
  Script script;
  std::unique_ptr<io::Stream> stream;
  std::map<std::string, std::size_t> times = {};
  std::string unread = {};
  bool in_message = false;
  bool in_login = false;
  bool body_begun = false;
  std::optional<Chunk> chunk = {};  // That is to come.
  std::string chunks = {};          // Those that came, of one message.

  [[nodiscard]] Answer answer(const std::string& place) {
    const std::vector<Answer>& written = script.answers[place];
    const std::size_t time = times[place]++;
    Answer answer = time < written.size() ? written[time] : plain(place);
    in_message = place == "DATA" ? answer.bytes.starts_with("354") : in_message && place == "BODY";
    in_login = answer.bytes.starts_with("334");
    body_begun = body_begun && in_message;
    return answer;
  }

  [[nodiscard]] Answer plain(const std::string& place) const {
    using Then = Answer::Then;
    static const std::map<std::string, Answer> kPlain = {
        {"GREETING", {.bytes = "220 upstream.example ESMTP\r\n"}},
        {"HELO", {.bytes = "250 upstream.example\r\n"}},
        {"MAIL", {.bytes = "250 2.1.0 sender ok\r\n"}},
        {"RCPT", {.bytes = "250 2.1.5 recipient ok\r\n"}},
        {"DATA", {.bytes = "354 go ahead\r\n"}},
        {"BODY", {}},
        {".", {.bytes = "250 2.0.0 queued\r\n"}},
        {"CHUNK", {}},
        {"BDAT", {.bytes = "250 2.0.0 chunk ok\r\n"}},
        {"LAST", {.bytes = "250 2.0.0 queued\r\n"}},
        {"NOOP", {.bytes = "250 2.0.0 ok\r\n"}},
        {"RSET", {.bytes = "250 2.0.0 reset\r\n"}},
        {"QUIT", {.bytes = "221 2.0.0 bye\r\n", .then = Then::closes}},
        {"AUTH", {.bytes = "235 2.7.0 welcome\r\n"}},
        {"RESPONSE", {.bytes = "235 2.7.0 welcome\r\n"}},
        {"STARTTLS", {.bytes = "220 2.0.0 ready\r\n", .then = Then::secures}},
    };
    if (place == "EHLO") {
      return {.bytes = connection.secured ? script.ehlo_over_tls : script.ehlo};
    }
    const auto found = kPlain.find(place);
    return found == kPlain.end() ? Answer{.bytes = "500 5.5.2 what?\r\n"} : found->second;
  }

  // The next thing in what was received that asks for an answer: its place in the script.
  [[nodiscard]] std::string next_place() {
    if (chunk) {
      return next_chunk();
    }
    if (in_message && !body_begun && !unread.empty()) {
      body_begun = true;
      return "BODY";
    }
    if (in_message) {
      // The end of an empty message is at its very start.
      const bool empty = unread.starts_with(".\r\n");
      const std::size_t end = empty ? 0 : unread.find("\r\n.\r\n");
      if (end == std::string::npos) {
        forget_all_but(4);
        return {};
      }
      connection.messages.push_back(take(end + (empty ? 3 : 5)));
      return ".";
    }
    const std::size_t end = unread.find("\r\n");
    if (end == std::string::npos) {
      return {};
    }
    std::string line = take(end + 2);
    if (in_login) {
      connection.responses.push_back(std::move(line));
      return "RESPONSE";
    }
    connection.commands.push_back(std::move(line));
    std::string verb = verb_of(connection.commands.back());
    if (verb == "BDAT") {
      chunk = chunk_of(connection.commands.back());
      return chunk ? "CHUNK" : "a malformed BDAT";
    }
    if (verb == "RSET" || verb == "MAIL") {
      chunks.clear();
    }
    return verb;
  }

  [[nodiscard]] std::string next_chunk() {
    if (unread.size() < chunk->octets) {
      return {};
    }
    const Chunk come = *std::exchange(chunk, std::nullopt);
    chunks += take(come.octets);
    if (!come.last) {
      return "BDAT";
    }
    connection.messages.push_back(std::exchange(chunks, {}));
    return "LAST";
  }

  // The last bytes may be the beginning of the end.
  void forget_all_but(std::size_t rest) {
    if (script.forgets_messages && unread.size() > rest) {
      connection.forgotten += unread.size() - rest;
      unread.erase(0, unread.size() - rest);
    }
  }

  std::string take(std::size_t count) {
    std::string taken = unread.substr(0, count);
    unread.erase(0, count);
    return taken;
  }

  io::Task<bool> say(std::string bytes) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, 16 * 1024);
      const io::Result<void> written = co_await stream->write(part);
      if (!written) {
        co_return false;
      }
      connection.said += part.size();
      rest.remove_prefix(part.size());
    }
    co_return true;
  }

  io::Task<bool> secure() {
    upstream.streams_.remove(stream.get());
    stream->set_deadline(upstream.ground_.clock().now() + std::chrono::minutes(2));
    io::Result<io::SecuredStream> secured = co_await upstream.tls_->secure(std::move(stream));
    if (!secured) {
      connection.handshake_failure = secured.error().detail;
      co_return false;
    }
    stream = std::move(secured->stream);
    stream->set_deadline(io::Time::max());
    upstream.streams_.push_back(stream.get());
    connection.secured = true;
    connection.resumed = secured->facts.resumed;
    unread.clear();
    co_return true;
  }

  // False: everybody is to leave.
  io::Sleep wait(io::Duration duration) {
    io::Clock& clock = upstream.ground_.clock();
    return {clock, upstream.ground_.executor(), clock.now() + duration, upstream.leaving_};
  }

  // False: the connection has come to its end.
  io::Task<bool> perform(Answer answer) {
    bool goes_on = co_await say(
        answer.bytes + std::string(answer.more, answer.bytes.empty() ? 0 : answer.bytes.back()));
    const bool drips = answer.drip.count() > 0;
    while (goes_on && !answer.later.empty()) {
      const std::string part = answer.later.substr(0, drips ? 1 : std::string::npos);
      answer.later.erase(0, part.size());
      const bool waited = co_await wait(drips ? answer.drip : answer.moment);
      goes_on = waited;
      if (waited) {
        goes_on = co_await say(part);
      }
    }
    if (goes_on && answer.rest.count() > 0) {
      goes_on = co_await wait(answer.rest);
    }
    if (goes_on && answer.then == Answer::Then::secures) {
      goes_on = co_await secure();
    }
    if (goes_on && answer.then == Answer::Then::stops_reading) {
      co_await io::Sleep(upstream.ground_.clock(), upstream.ground_.executor(), io::Time::max(),
                         upstream.leaving_);
    }
    co_return goes_on&& answer.then != Answer::Then::closes;
  }

  io::Task<void> run() {
    if (upstream.implicit_tls) {
      const bool secured = co_await secure();
      if (!secured) {
        co_return;
      }
    }
    bool goes_on = co_await perform(answer("GREETING"));
    Buffer buffer;
    while (goes_on) {
      const io::Result<std::size_t> count = co_await stream->read(buffer);
      if (!count || *count == 0) {
        break;
      }
      if (!(script.forgets_messages && in_message)) {
        connection.received += buffer.readable();
      }
      unread += buffer.readable();
      buffer.clear();
      for (std::string place = next_place(); goes_on && !place.empty(); place = next_place()) {
        goes_on = co_await perform(answer(place));
      }
    }
  }
};

void ScriptedUpstream::accept(std::unique_ptr<io::Stream> stream) {
  const std::size_t number = connections_.size();
  Script script = number < scripts.size() ? scripts[number] : Script{};
  if (number >= scripts.size() && relentless) {
    script = scripts.back();
  } else if (number >= scripts.size() && !scripts.empty()) {
    script.ehlo = scripts.back().ehlo;
    script.ehlo_over_tls = scripts.back().ehlo_over_tls;
  }
  scope_.spawn(serve(std::move(stream), connections_.emplace_back(), std::move(script)));
}

io::Task<void> ScriptedUpstream::serve(std::unique_ptr<io::Stream> stream, Connection& connection,
                                       Script script) {
  streams_.push_back(stream.get());
  Service service{*this, connection, std::move(script), std::move(stream)};
  co_await service.run();
  streams_.remove(service.stream.get());
  connection.ended = true;
}

void ScriptedUpstream::break_all() {
  for (io::Stream* stream : streams_) {
    stream->close();
  }
}

void ScriptedUpstream::leave() {
  leaving_.cancel();
  break_all();
}

std::string ScriptedUpstream::received() const {
  std::string all;
  for (const Connection& connection : connections_) {
    all += connection.received;
  }
  return all;
}

std::vector<std::string> ScriptedUpstream::commands(std::string_view verb) const {
  std::vector<std::string> found;
  for (const Connection& connection : connections_) {
    std::ranges::copy_if(connection.commands, std::back_inserter(found),
                         [verb](const std::string& line) { return verb_of(line) == verb; });
  }
  return found;
}

std::vector<std::string> ScriptedUpstream::envelopes() const {
  std::vector<std::string> found;
  for (const Connection& connection : connections_) {
    std::ranges::copy_if(
        connection.commands, std::back_inserter(found),
        [](const std::string& line) { return verb_of(line) == "MAIL" || verb_of(line) == "RCPT"; });
  }
  return found;
}

bool ScriptedUpstream::heard_only_envelopes() const {
  return std::ranges::all_of(connections_, [](const Connection& connection) {
    std::string allowed;
    for (const std::string& line : connection.commands) {
      const bool own = line == "EHLO relay.example\r\n" || line == "RSET\r\n" || line == "QUIT\r\n";
      if (own || verb_of(line) == "MAIL" || verb_of(line) == "RCPT") {
        allowed += line;
      }
    }
    return connection.received == allowed;
  });
}

std::vector<std::string> ScriptedUpstream::responses() const {
  std::vector<std::string> all;
  for (const Connection& connection : connections_) {
    all.insert(all.end(), connection.responses.begin(), connection.responses.end());
  }
  return all;
}

std::vector<std::string> ScriptedUpstream::messages() const {
  std::vector<std::string> all;
  for (const Connection& connection : connections_) {
    all.insert(all.end(), connection.messages.begin(), connection.messages.end());
  }
  return all;
}

}  // namespace truerelay::attacks
