// The lines of the log, for records whose fields hold anything: "session|client|helo|...". Each is
// one line of UTF-8 without a control byte; the JSON is JSON with just the keys that it should
// have, and nobody can write a key of the text form but the log itself.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "observe/json_line.h"
#include "observe/text_line.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/reference_utf8.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr io::WallTime kEvening{io::Duration(1'795'293'684'123'456)};
constexpr std::size_t kLongestLine = 400'000;

void check_line(std::string_view line) {
  require(reference_utf8(line), "a line is UTF-8");
  require(std::ranges::none_of(line, ascii_control), "a line has no control byte and no end");
  require(line.size() < kLongestLine, "a line is bounded");
}

void check_json(const std::string& line, std::vector<std::string> keys) {
  check_line(line);
  const nlohmann::json read = nlohmann::json::parse(line, nullptr, false);
  require(read.is_object(), "a line of JSON is JSON");
  std::vector<std::string> found;
  for (const auto& [key, value] : read.items()) {
    found.push_back(key);
  }
  std::ranges::sort(keys);
  require(found == keys, "the keys are always the same");
}

// "a=b c=\"d e\" to=[...]": the keys outside of quotes and brackets.
std::string keys_of(std::string_view line) {
  std::string keys;
  std::string word;
  bool quoted = false;
  unsigned depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      i += c == '\\' ? 1 : 0;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[') {
      ++depth;
    } else if (c == ']') {
      --depth;
    } else if (depth == 0 && c == '=') {
      keys += word + ' ';
      word.clear();
    } else if (c == ' ') {
      word.clear();
    } else {
      word += c;
    }
  }
  require(!quoted && depth == 0, "quotes and brackets are closed");
  return keys;
}

}  // namespace

void run(std::string_view input) {
  const std::vector<std::string_view> found = fields(input, '|');
  std::size_t at = 0;
  const auto next = [&] { return std::string(found[at++ % found.size()]); };

  observe::MessageRecord message;
  message.session = next();
  message.client = next();
  message.helo = next();
  message.sender = next();
  message.final_reply = next();
  message.upstream = next();
  message.upstream_address = next();
  message.listener = next();
  message.tls = next();
  message.user = next();
  message.outcome = static_cast<observe::Outcome>(seed_of(input) % 5);
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::string address = next();
    message.recipients.push_back({std::move(address), next()});
  }
  check_json(json_line(kEvening, message),
             {"time",      "level",      "event",       "session",     "number",
              "outcome",   "listener",   "client",      "helo",        "from",
              "to",        "recipients", "size",        "upstream",    "upstream_address",
              "tls",       "user",       "connect_ms",  "envelope_ms", "data_ms",
              "answer_ms", "reply",      "client_heard"});
  const std::string text = text_line(kEvening, message);
  check_line(text);
  require_same(keys_of(text),
               "listener client helo from to size upstream address tls user connect envelope data "
               "answer reply client_heard ",
               "the keys of a message are the log's");

  const observe::SessionRecord session{.session = next(),
                                       .listener = next(),
                                       .client = next(),
                                       .helo = next(),
                                       .transactions = 2,
                                       .reason = next()};
  check_json(json_line(kEvening, session), {"time", "level", "event", "session", "listener",
                                            "client", "helo", "transactions", "reason"});
  const std::string ended = text_line(kEvening, session);
  check_line(ended);
  require_same(keys_of(ended), "listener client helo transactions reason ",
               "the keys of a session are the log's");

  const std::string upstream = next();
  const observe::Note note{observe::Level::warning, upstream, input};
  check_json(json_line(kEvening, note), {"time", "level", "event", "upstream", "text"});
  check_line(text_line(kEvening, note));
}

}  // namespace truerelay::fuzz
