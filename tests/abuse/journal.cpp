#include "tests/abuse/journal.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "base/base64.h"

namespace truerelay::abuse {
namespace {

using Json = nlohmann::json;
using simulation::Accepted;
using simulation::Done;
using simulation::Letter;
using simulation::Told;

Json to_json(const smtp::Reply& reply) { return {{"code", reply.code}, {"lines", reply.lines}}; }

smtp::Reply reply_from(const Json& json) {
  return {json.at("code").get<int>(), json.at("lines").get<std::vector<std::string>>()};
}

std::string octets_from(const Json& json) {
  std::optional<std::string> octets = base64_decode(json.get<std::string>());
  if (!octets) {
    throw std::runtime_error("a content is not in base64");
  }
  return *std::move(octets);
}

double seconds(io::Time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

io::Time time_of(double seconds) {
  return io::Time(std::chrono::duration_cast<io::Duration>(std::chrono::duration<double>(seconds)));
}

Json to_json(const Told& told) {
  Json recipients = Json::object();
  for (const auto& [recipient, reply] : told.recipients) {
    recipients[recipient] = to_json(reply);
  }
  Json json;
  json["sender"] = told.sender.code == 0 ? Json() : to_json(told.sender);
  json["recipients"] = std::move(recipients);
  json["final"] = told.final_reply ? to_json(*told.final_reply) : Json();
  json["concluded"] = told.concluded;
  json["sent_last_byte"] = told.sent_last_byte;
  json["left_on_purpose"] = told.left_on_purpose;
  json["own_link_broke"] = told.own_link_broke;
  json["silence"] = told.silence;
  json["gone_at"] = seconds(told.gone_at);
  json["may_have_heard"] = told.may_have_heard;
  return json;
}

Told told_from(const Json& json, const Letter& letter) {
  Told told;
  told.letter = &letter;
  if (!json.at("sender").is_null()) {
    told.sender = reply_from(json.at("sender"));
  }
  for (const auto& [recipient, reply] : json.at("recipients").items()) {
    told.recipients[recipient] = reply_from(reply);
  }
  if (!json.at("final").is_null()) {
    told.final_reply = reply_from(json.at("final"));
  }
  told.concluded = json.at("concluded").get<bool>();
  told.sent_last_byte = json.at("sent_last_byte").get<bool>();
  told.left_on_purpose = json.at("left_on_purpose").get<bool>();
  told.own_link_broke = json.at("own_link_broke").get<bool>();
  told.silence = json.at("silence").get<bool>();
  told.gone_at = time_of(json.at("gone_at").get<double>());
  told.may_have_heard = json.at("may_have_heard").get<bool>();
  return told;
}

// Each line of the file, which must be there.
template <class Take>
void for_each_line(const std::string& file, Take take) {
  std::ifstream lines(file);
  if (!lines) {
    throw std::runtime_error(file + " cannot be read");
  }
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      take(line);
    } catch (const std::exception& error) {
      throw std::runtime_error(file + ":" + std::to_string(number) + ": " + error.what());
    }
  }
}

// "3 log lines were lost", or 0 for any other note.
std::uint64_t lost_lines(const std::string& note) {
  std::uint64_t count = 0;
  const char* const end = note.data() + note.size();
  const auto [rest, error] = std::from_chars(note.data(), end, count);
  const std::string_view words(rest, end);
  const bool says_so = words == " log lines were lost" || words == " log line was lost";
  return error == std::errc() && says_so ? count : 0;
}

observe::Outcome outcome_from(const std::string& name) {
  for (const auto outcome :
       {observe::Outcome::accepted, observe::Outcome::refused, observe::Outcome::failed,
        observe::Outcome::abandoned, observe::Outcome::in_doubt}) {
    if (observe::name(outcome) == name) {
      return outcome;
    }
  }
  throw std::runtime_error("no outcome is called " + name);
}

// "2026-11-21T20:41:24.123Z"
io::WallTime wall_time(const std::string& text) {
  std::istringstream in(text);
  std::tm day{};
  const std::string milliseconds = text.substr(20, 3);
  in >> std::get_time(&day, "%Y-%m-%dT%H:%M:%S");
  if (!in) {
    throw std::runtime_error(text + " is no time");
  }
  const std::chrono::sys_days date = std::chrono::year(day.tm_year + 1900) /
                                     std::chrono::month(static_cast<unsigned>(day.tm_mon) + 1) /
                                     std::chrono::day(static_cast<unsigned>(day.tm_mday));
  return date + std::chrono::hours(day.tm_hour) + std::chrono::minutes(day.tm_min) +
         std::chrono::seconds(day.tm_sec) + std::chrono::milliseconds(std::stoi(milliseconds));
}

Logged::Record record_from(const Json& json) {
  Logged::Record record;
  record.at = wall_time(json.at("time").get<std::string>());
  record.message.sender = json.at("from").get<std::string>();
  record.message.outcome = outcome_from(json.at("outcome").get<std::string>());
  record.message.duplicate = json.value("duplicate", false);
  record.message.repairs = json.value("repairs", 0U);
  record.message.client_heard = json.at("client_heard").get<bool>();
  record.message.final_reply = json.at("reply").get<std::string>();
  record.message.upstream = json.at("upstream").get<std::string>();
  for (const Json& recipient : json.at("to")) {
    record.message.recipients.push_back(
        {recipient.at("address").get<std::string>(), recipient.at("reply").get<std::string>()});
  }
  return record;
}

}  // namespace

std::string line_of(const Letter& letter, const std::vector<const Told*>& told) {
  Json line;
  line["letter"] = {{"sender", letter.sender},
                    {"recipients", letter.recipients},
                    {"content", base64_encode(letter.content)},
                    {"copies", letter.copies}};
  line["told"] = Json::array();
  for (const Told* each : told) {
    line["told"].push_back(to_json(*each));
  }
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::deque<Heard> read_heard(const std::string& file) {
  std::deque<Heard> all;
  for_each_line(file, [&](const std::string& line) {
    const Json json = Json::parse(line);
    Heard& heard = all.emplace_back();
    const Json& letter = json.at("letter");
    heard.letter.sender = letter.at("sender").get<std::string>();
    heard.letter.recipients = letter.at("recipients").get<std::vector<std::string>>();
    heard.letter.content = octets_from(letter.at("content"));
    heard.letter.copies = letter.at("copies").get<unsigned>();
    for (const Json& told : json.at("told")) {
      heard.told.push_back(told_from(told, heard.letter));
    }
  });
  return all;
}

std::map<std::string, Done> read_upstream(const std::string& file) {
  std::map<std::string, Done> all;
  for_each_line(file, [&](const std::string& line) {
    const Json json = Json::parse(line);
    const auto event = json.at("event").get<std::string>();
    Done& done = all[json.at("sender").get<std::string>()];
    smtp::Reply reply = reply_from(json.at("reply"));
    if (event == "recipient") {
      done.recipients[json.at("recipient").get<std::string>()].push_back(std::move(reply));
    } else if (event == "refused") {
      done.refused.push_back(std::move(reply));
    } else if (event == "accepted") {
      Accepted message;
      message.upstream = "the upstream";
      message.user = json.at("user").get<std::string>();
      message.recipients = json.at("recipients").get<std::vector<std::string>>();
      message.content = octets_from(json.at("content"));
      message.reply = std::move(reply);
      done.accepted.push_back(std::move(message));
    } else {
      throw std::runtime_error("nothing is called " + event);
    }
  });
  return all;
}

Logged read_log(const std::string& file) {
  Logged log;
  for_each_line(file, [&](const std::string& line) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) {
      ++log.broken;
    } else if (json.at("event") == "message") {
      Logged::Record record = record_from(json);
      log.records[record.message.sender].push_back(std::move(record));
    } else if (json.at("event") == "note") {
      log.lost += lost_lines(json.at("text").get<std::string>());
    }
  });
  return log;
}

std::size_t Deeds::process_at(io::Time time) const {
  const auto later = std::ranges::find_if(
      processes, [&](const Process& process) { return process.began > seconds(time); });
  return static_cast<std::size_t>(later - processes.begin());
}

Deeds read_deeds(const std::string& file) {
  Deeds deeds;
  for_each_line(file, [&](const std::string& line) {
    const Json json = Json::parse(line);
    if (json.at("event") == "relay") {
      deeds.processes.push_back({json.at("began").get<double>(), json.at("stepped").get<bool>()});
    } else if (json.at("event") == "clock") {
      deeds.wall_ahead = json.at("wall_ahead").get<double>();
    }
  });
  return deeds;
}

}  // namespace truerelay::abuse
