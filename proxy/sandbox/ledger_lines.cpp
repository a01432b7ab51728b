#include "sandbox/ledger_lines.h"

#include <fmt/core.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace truerelay::sandbox {
namespace {

using Json = nlohmann::ordered_json;

Json event(io::WallTime time, std::string_view name, ConnectionId connection) {
  return Json{{"time", utc(time)}, {"event", name}, {"connection", connection}};
}

Json event(io::WallTime time, std::string_view name, const Envelope& envelope) {
  Json json = event(time, name, envelope.connection);
  json["transaction"] = envelope.transaction;
  return json;
}

Json message(io::WallTime time, std::string_view name, const Envelope& envelope,
             const Content& content) {
  Json json = event(time, name, envelope);
  json["sender"] = envelope.mail.reverse_path.text();
  json["recipients"] = Json::array();
  for (const RecipientAnswer& recipient : envelope.recipients) {
    if (recipient.reply.completion()) {
      json["recipients"].push_back(recipient.recipient.forward_path.text());
    }
  }
  json["user"] = envelope.user;
  json["helo"] = envelope.helo;
  json["tls"] = envelope.secured;
  json["chunked"] = content.chunked;
  json["size"] = content.size;
  json["fnv1a"] = fmt::format("{:016x}", content.hash);
  return json;
}

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string utc(io::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time - day);
  const std::chrono::hh_mm_ss clock(millis);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::string connected_line(io::WallTime time, ConnectionId connection, const io::Peer& peer) {
  Json json = event(time, "connected", connection);
  json["peer"] = peer.address;
  return text(json);
}

std::string secured_line(io::WallTime time, ConnectionId connection, const io::TlsFacts& facts) {
  Json json = event(time, "secured", connection);
  json["version"] = facts.version;
  json["cipher"] = facts.cipher;
  return text(json);
}

std::string login_line(io::WallTime time, ConnectionId connection, const Login& login) {
  Json json = event(time, "login", connection);
  json["mechanism"] = login.mechanism;
  json["user"] = login.user;
  json["accepted"] = login.accepted;
  return text(json);
}

std::string disconnected_line(io::WallTime time, ConnectionId connection, std::string_view reason) {
  Json json = event(time, "disconnected", connection);
  json["reason"] = reason;
  return text(json);
}

std::string sender_line(io::WallTime time, const Envelope& envelope, const smtp::Reply& reply) {
  Json json = event(time, "sender", envelope);
  json["sender"] = envelope.mail.reverse_path.text();
  json["reply"] = smtp::one_line(reply);
  return text(json);
}

std::string recipient_line(io::WallTime time, const Envelope& envelope) {
  const RecipientAnswer& last = envelope.recipients.back();
  Json json = event(time, "recipient", envelope);
  json["recipient"] = last.recipient.forward_path.text();
  json["reply"] = smtp::one_line(last.reply);
  return text(json);
}

std::string accepted_line(io::WallTime time, const Envelope& envelope, const Content& content,
                          const smtp::Reply& reply, std::string_view file) {
  Json json = message(time, "accepted", envelope, content);
  json["reply"] = smtp::one_line(reply);
  json["file"] = file;
  return text(json);
}

std::string refused_line(io::WallTime time, const Envelope& envelope, const Content& content,
                         const smtp::Reply& reply) {
  Json json = message(time, "refused", envelope, content);
  json["reply"] = smtp::one_line(reply);
  return text(json);
}

std::string abandoned_line(io::WallTime time, const Envelope& envelope, const Content& content,
                           std::string_view reason) {
  Json json = message(time, "abandoned", envelope, content);
  json["reason"] = reason;
  return text(json);
}

std::string answered_line(io::WallTime time, const Envelope& envelope, bool written) {
  Json json = event(time, "answered", envelope);
  json["written"] = written;
  return text(json);
}

}  // namespace truerelay::sandbox
