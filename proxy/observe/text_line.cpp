#include "observe/text_line.h"

#include <fmt/compile.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#include "base/ascii.h"

// Every message has its line, and the relay of a small one costs so little that the line counts: so
// nothing is formatted into strings of its own, and the forms are compiled.
namespace truerelay::observe {
namespace {

constexpr std::size_t kUsualLength = 600;

constexpr std::array<bool, 256> kNeedsNoQuotes = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    table[i] = ascii_alpha(c) || ascii_digit(c) || std::string_view(".-_@:/+<>").contains(c);
  }
  return table;
}();

bool needs_no_quotes(char c) { return kNeedsNoQuotes[static_cast<unsigned char>(c)]; }

template <class Form, class... Values>
void put(std::string& line, Form form, const Values&... values) {
  fmt::format_to(std::back_inserter(line), form, values...);
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
  put(line, FMT_COMPILE("{} {:<5} "), timestamp(at),
      level == Level::warning ? "warn" : name(level));
  return line;
}

void add(std::string& line, std::string_view key, std::string_view text) {
  put(line, FMT_COMPILE(" {}="), key);
  put_value(line, text);
}

void add_number(std::string& line, std::string_view key, std::uint64_t number) {
  put(line, FMT_COMPILE(" {}={}"), key, number);
}

void add_time(std::string& line, std::string_view key, io::Duration time) {
  const std::int64_t tenths = tenths_of_milliseconds(time);
  put(line, FMT_COMPILE(" {}={}.{}ms"), key, tenths / 10, tenths % 10);
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
    put(line, FMT_COMPILE("{}and {} more"), separator, record.recipients.size() - listed);
  }
  line += ']';
}

}  // namespace

std::string text_line(io::WallTime at, const MessageRecord& record) {
  std::string line = beginning(at, level_of(record.outcome));
  line += "message ";
  put_value(line, record.session);
  put(line, FMT_COMPILE("/{} {}"), record.number, name(record.outcome));
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
