#pragma once

#include <array>
#include <string>

#include "observe/line_parts.h"

namespace truerelay::observe {

// 2026-11-21T20:41:24.123456Z
inline constexpr io::WallTime kEvening{io::Duration(1'795'293'684'123'456)};

inline MessageRecord accepted_message() {
  MessageRecord record;
  record.session = "7f3a-12";
  record.number = 1;
  record.listener = "erp";
  record.client = "127.0.0.1:49152";
  record.helo = "erp01";
  record.sender = "erp@contoso.example";
  record.recipients = {{"anna@example.com", "250 2.1.5 Recipient OK"},
                       {"bert@example.com", "550 5.1.1 Unknown"}};
  record.size = 48211;
  record.upstream = "office365";
  record.upstream_address = "192.0.2.7:587";
  record.tls = "TLSv1.3 TLS_AES_128_GCM_SHA256";
  record.user = "erp@contoso.example";
  record.connect = io::Duration(0);
  record.envelope = io::Duration(41'260);
  record.data = io::Duration(2'040);
  record.answer = io::Duration(180'000);
  record.final_reply = "250 2.0.0 OK";
  record.outcome = Outcome::accepted;
  return record;
}

inline SessionRecord failed_session() {
  return {.session = "7f3a-13",
          .listener = "erp",
          .client = "127.0.0.1:49153",
          .helo = "erp01",
          .transactions = 2,
          .reason = "no command for 300 s"};
}

// What a client or an upstream may send to forge a line, confuse a terminal or break a formatter.
inline const std::array<std::string, 9> kHostileTexts = {
    "x\r\nMay 1 root: ok",
    "\x1b[2J\x1b]0;title\x07",
    "%n%s%x{}{0}{:>9999}",
    "invoice\xE2\x80\xAE"
    "fdp.exe",
    "250 ok\n2026-11-21T00:00:00.000Z info  message forged accepted",
    std::string("nul\0inside", 10),
    "broken \xFF\xC0\x80 utf-8 \xED\xA0\x80 end \xE2\x80",
    "\xC2\x9B"
    "31m \xE2\x80\xA8 \x7F",
    "quote\" from=forged \\",
};

}  // namespace truerelay::observe
