#include "vault/contents.h"

#include "vault/octets.h"

namespace truerelay::vault {
namespace {

constexpr std::size_t kFixed = 1 + 2 + 4 * 8 + 4;

std::uint64_t number_of(const std::optional<Time>& time) {
  return time ? static_cast<std::uint64_t>(time->time_since_epoch().count()) : 0;
}

Time time_of(std::uint64_t number) {
  return Time(std::chrono::seconds(static_cast<std::int64_t>(number)));
}

std::optional<Time> maybe_time_of(std::uint64_t number) {
  return number != 0 ? std::optional(time_of(number)) : std::nullopt;
}

}  // namespace

SecureBytes encode(const std::vector<Entry>& entries) {
  std::size_t size = 0;
  for (const Entry& entry : entries) {
    size += kFixed + entry.about.name.size() + entry.value.size();
  }
  SecureBytes contents(size);
  OctetWriter writer(contents.bytes());
  for (const auto& [about, value] : entries) {
    writer.number(static_cast<std::uint64_t>(about.kind), 1);
    writer.number(about.name.size(), 2);
    writer.text(about.name);
    writer.number(number_of(about.created), 8);
    writer.number(number_of(about.changed), 8);
    writer.number(number_of(about.used), 8);
    writer.number(number_of(about.expires), 8);
    writer.number(value.size(), 4);
    writer.text(value);
  }
  return contents;
}

std::optional<std::vector<Entry>> decode(const SecureBytes& contents) {
  std::vector<Entry> entries;
  OctetReader reader(contents.text());
  while (!reader.at_end()) {
    Entry entry;
    entry.about.kind = static_cast<Kind>(reader.number(1));
    entry.about.name = reader.text(static_cast<std::size_t>(reader.number(2)));
    entry.about.created = time_of(reader.number(8));
    entry.about.changed = time_of(reader.number(8));
    entry.about.used = maybe_time_of(reader.number(8));
    entry.about.expires = maybe_time_of(reader.number(8));
    entry.value = reader.text(static_cast<std::size_t>(reader.number(4)));
    if (!reader.good() || entries.size() == kMostEntries) {
      return std::nullopt;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace truerelay::vault
