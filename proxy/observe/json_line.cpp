#include "observe/json_line.h"

#include <nlohmann/json.hpp>

#include "base/ascii.h"

namespace truerelay::observe {
namespace {

using Json = nlohmann::ordered_json;

std::string field(std::string_view text) { return printable(text, kLongestField); }

Json beginning(io::WallTime at, Level level, std::string_view event) {
  Json line;
  line["time"] = timestamp(at);
  line["level"] = std::string(name(level));
  line["event"] = std::string(event);
  return line;
}

Json recipients(const MessageRecord& record) {
  Json list = Json::array();
  const std::size_t listed = listed_recipients(record);
  for (std::size_t i = 0; i < listed; ++i) {
    Json recipient;
    recipient["address"] = field(record.recipients[i].address);
    recipient["reply"] = field(record.recipients[i].reply);
    list.push_back(std::move(recipient));
  }
  return list;
}

// printable() gives well-formed UTF-8; should it ever not, the line is still JSON.
std::string written(const Json& line) {
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string json_line(io::WallTime at, const MessageRecord& record) {
  Json line = beginning(at, level_of(record.outcome), "message");
  line["session"] = field(record.session);
  line["number"] = record.number;
  line["outcome"] = std::string(name(record.outcome));
  line["listener"] = field(record.listener);
  line["client"] = field(record.client);
  line["helo"] = field(record.helo);
  if (!record.client_user.empty()) {
    line["client_user"] = field(record.client_user);
  }
  line["from"] = field(record.sender);
  line["to"] = recipients(record);
  line["recipients"] = record.recipients.size();
  line["size"] = record.size;
  line["upstream"] = field(record.upstream);
  if (!record.fallback_of.empty()) {
    line["fallback_of"] = field(record.fallback_of);
  }
  line["upstream_address"] = field(record.upstream_address);
  line["tls"] = field(record.tls);
  line["user"] = field(record.user);
  line["connect_ms"] = milliseconds(record.connect);
  line["envelope_ms"] = milliseconds(record.envelope);
  line["data_ms"] = milliseconds(record.data);
  line["answer_ms"] = milliseconds(record.answer);
  line["reply"] = field(record.final_reply);
  if (record.repairs > 0) {
    line["repairs"] = record.repairs;
  }
  if (record.duplicate) {
    line["duplicate"] = true;
  }
  line["client_heard"] = record.client_heard;
  return written(line);
}

std::string json_line(io::WallTime at, const SessionRecord& record) {
  Json line = beginning(at, Level::warning, "session_failed");
  line["session"] = field(record.session);
  line["listener"] = field(record.listener);
  line["client"] = field(record.client);
  line["helo"] = field(record.helo);
  line["transactions"] = record.transactions;
  line["reason"] = field(record.reason);
  return written(line);
}

std::string json_line(io::WallTime at, const Note& note) {
  Json line = beginning(at, note.level, "note");
  line["upstream"] = field(note.upstream);
  line["text"] = printable(note.text, kLongestNote);
  return written(line);
}

}  // namespace truerelay::observe
