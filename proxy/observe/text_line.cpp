#include "observe/text_line.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/ascii.h"

namespace truerelay::observe {
namespace {

bool needs_no_quotes(char c) {
  return ascii_alpha(c) || ascii_digit(c) || std::string_view(".-_@:/+<>").contains(c);
}

std::string value(std::string_view text) {
  if (!text.empty() && text.size() <= kLongestField && std::ranges::all_of(text, needs_no_quotes)) {
    return std::string(text);
  }
  return in_double_quotes(text, kLongestField);
}

std::string_view short_name(Level level) { return level == Level::warning ? "warn" : name(level); }

std::string beginning(io::WallTime at, Level level) {
  return fmt::format("{} {:<5} ", timestamp(at), short_name(level));
}

void add(std::string& line, std::string_view key, std::string_view text) {
  line += fmt::format(" {}={}", key, value(text));
}

void add_time(std::string& line, std::string_view key, io::Duration time) {
  line += fmt::format(" {}={:.1f}ms", key, milliseconds(time));
}

// [a@example.com "250 2.1.5 Ok", b@example.com "550 5.1.1 Unknown"]
std::string recipients(const MessageRecord& record) {
  const std::size_t listed = listed_recipients(record);
  std::string list = "[";
  for (std::size_t i = 0; i < listed; ++i) {
    const RecipientRecord& recipient = record.recipients[i];
    list += fmt::format("{}{} {}", i == 0 ? "" : ", ", value(recipient.address),
                        in_double_quotes(recipient.reply, kLongestField));
  }
  if (listed < record.recipients.size()) {
    list +=
        fmt::format("{}and {} more", listed == 0 ? "" : ", ", record.recipients.size() - listed);
  }
  return list + "]";
}

}  // namespace

std::string text_line(io::WallTime at, const MessageRecord& record) {
  std::string line = beginning(at, level_of(record.outcome));
  line +=
      fmt::format("message {}/{} {}", value(record.session), record.number, name(record.outcome));
  add(line, "listener", record.listener);
  add(line, "client", record.client);
  add(line, "helo", record.helo);
  if (!record.client_user.empty()) {
    add(line, "client_user", record.client_user);
  }
  add(line, "from", record.sender.empty() ? "<>" : record.sender);
  line += " to=" + recipients(record);
  line += fmt::format(" size={}", record.size);
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
    line += fmt::format(" repairs={}", record.repairs);
  }
  if (record.duplicate) {
    add(line, "duplicate", "yes");
  }
  add(line, "client_heard", record.client_heard ? "yes" : "no");
  return line;
}

std::string text_line(io::WallTime at, const SessionRecord& record) {
  std::string line = beginning(at, Level::warning);
  line += fmt::format("session {} failed", value(record.session));
  add(line, "listener", record.listener);
  add(line, "client", record.client);
  add(line, "helo", record.helo);
  line += fmt::format(" transactions={}", record.transactions);
  add(line, "reason", record.reason);
  return line;
}

std::string text_line(io::WallTime at, const Note& note) {
  std::string line = beginning(at, note.level);
  if (!note.upstream.empty()) {
    line += fmt::format("upstream {}: ", value(note.upstream));
  }
  return line + printable(note.text, kLongestNote);
}

}  // namespace truerelay::observe
