#include "observe/text_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/ascii.h"

// Every message has its line, and the relay of a small one costs so little that the line counts: so
// it is put together piece by piece, without forms to interpret.
namespace truerelay::observe {
namespace {

constexpr std::size_t kUsualLength = 600;
constexpr std::size_t kWidestLevel = 5;

constexpr std::array<bool, 256> kNeedsNoQuotes = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    table[i] = ascii_alpha(c) || ascii_digit(c) || std::string_view(".-_@:/+<>").contains(c);
  }
  return table;
}();

bool needs_no_quotes(char c) { return kNeedsNoQuotes[static_cast<unsigned char>(c)]; }

void put_number(std::string& line, std::uint64_t number) {
  const fmt::format_int digits(number);
  line.append(digits.data(), digits.size());
}

void put_value(std::string& line, std::string_view text) {
  if (!text.empty() && text.size() <= kLongestField && std::ranges::all_of(text, needs_no_quotes)) {
    line += text;
  } else {
    add_in_double_quotes(line, text, kLongestField);
  }
}

std::string beginning(io::WallTime at, Level level) {
  std::string line;
  line.reserve(kUsualLength);
  line += timestamp(at);
  line += ' ';
  const std::string_view word = level == Level::warning ? "warn" : name(level);
  line += word;
  line.append(kWidestLevel + 1 - word.size(), ' ');
  return line;
}

void add_key(std::string& line, std::string_view key) {
  line += ' ';
  line += key;
  line += '=';
}

void add(std::string& line, std::string_view key, std::string_view text) {
  add_key(line, key);
  put_value(line, text);
}

void add_number(std::string& line, std::string_view key, std::uint64_t number) {
  add_key(line, key);
  put_number(line, number);
}

void add_time(std::string& line, std::string_view key, io::Duration time) {
  const auto tenths = static_cast<std::uint64_t>(tenths_of_milliseconds(time));
  add_number(line, key, tenths / 10);
  line += '.';
  put_number(line, tenths % 10);
  line += "ms";
}

// [a@example.com "250 2.1.5 Ok", b@example.com "550 5.1.1 Unknown"]
void put_recipients(std::string& line, const MessageRecord& record) {
  const std::size_t listed = listed_recipients(record);
  std::string_view separator = "";
  line += '[';
  for (std::size_t i = 0; i < listed; ++i) {
    const RecipientRecord& recipient = record.recipients[i];
    line += std::exchange(separator, ", ");
    put_value(line, recipient.address);
    line += ' ';
    add_in_double_quotes(line, recipient.reply, kLongestField);
  }
  if (listed < record.recipients.size()) {
    line += separator;
    line += "and ";
    put_number(line, record.recipients.size() - listed);
    line += " more";
  }
  line += ']';
}

}  // namespace

std::string text_line(io::WallTime at, const MessageRecord& record) {
  std::string line = beginning(at, level_of(record.outcome));
  line += "message ";
  put_value(line, record.session);
  line += '/';
  put_number(line, record.number);
  line += ' ';
  line += name(record.outcome);
  add(line, "listener", record.listener);
  add(line, "client", record.client);
  add(line, "helo", record.helo);
  if (!record.client_user.empty()) {
    add(line, "client_user", record.client_user);
  }
  add(line, "from", record.sender.empty() ? "<>" : record.sender);
  line += " to=";
  put_recipients(line, record);
  add_number(line, "size", record.size);
  add(line, "upstream", record.upstream);
  if (!record.fallback_of.empty()) {
    add(line, "fallback_of", record.fallback_of);
  }
  add(line, "address", record.upstream_address);
  add(line, "tls", record.tls);
  add(line, "user", record.user);
  add_time(line, "connect", record.connect);
  add_time(line, "envelope", record.envelope);
  add_time(line, "data", record.data);
  add_time(line, "answer", record.answer);
  add(line, "reply", record.final_reply);
  if (record.repairs > 0) {
    add_number(line, "repairs", record.repairs);
  }
  if (record.duplicate) {
    add(line, "duplicate", "yes");
  }
  add(line, "client_heard", record.client_heard ? "yes" : "no");
  return line;
}

std::string text_line(io::WallTime at, const SessionRecord& record) {
  std::string line = beginning(at, Level::warning);
  line += "session ";
  put_value(line, record.session);
  line += " failed";
  add(line, "listener", record.listener);
  add(line, "client", record.client);
  add(line, "helo", record.helo);
  add_number(line, "transactions", record.transactions);
  add(line, "reason", record.reason);
  return line;
}

std::string text_line(io::WallTime at, const Note& note) {
  std::string line = beginning(at, note.level);
  if (!note.upstream.empty()) {
    line += "upstream ";
    put_value(line, note.upstream);
    line += ": ";
  }
  add_printable(line, note.text, kLongestNote);
  return line;
}

}  // namespace truerelay::observe
