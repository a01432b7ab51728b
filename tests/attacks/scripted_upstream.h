#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "io/tls.h"
#include "tests/attacks/ground.h"

namespace truerelay::attacks {

// What the upstream says at one place, byte for byte, and what it does then.
struct Answer {
  enum class Then { listens, closes, secures, stops_reading };

  std::string bytes = {};
  Then then = Then::listens;
  std::size_t more = 0;    // The last of `bytes`, so many times more.
  std::string later = {};  // Said by itself, a moment after `bytes`,
  io::Duration drip{0};    // or byte by byte, where this is more than nothing.
  io::Duration moment = std::chrono::milliseconds(100);
  io::Duration rest{0};  // Behind all that: so long it reads nothing.
};

// How the upstream behaves on one connection: as a plain server would, but for what is written
// here.
//
// `answers` is by the verb of the command, in capitals; besides: "GREETING", "BODY" when the first
// bytes of a message have come, "." for the end of a message, and "RESPONSE" for each line after a
// 334. Of a chunk (RFC 3030): "CHUNK" when its BDAT line has come, and when all its octets have,
// "BDAT", or "LAST" for the last one. The first is for the first time, and so on; after them come
// the answers of a plain server.
struct Script {
  std::map<std::string, std::vector<Answer>> answers = {};
  std::string ehlo =
      "250-upstream.example\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 PIPELINING\r\n";
  bool forgets_messages = false;  // Their octets are counted and not kept.
  std::string ehlo_over_tls = "250-upstream.example\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n";
};

// A server that follows a script and keeps every byte that it receives. It is strict about what it
// receives: lines and messages end as RFC 5321 says, so that nothing is forgiven.
class ScriptedUpstream {
 public:
  struct Connection {
    std::string received;  // As it arrived, or over TLS, what was in it.
    bool secured = false;
    bool resumed = false;                // By the session of an earlier connection.
    std::vector<std::string> commands;   // Lines, their CRLF included.
    std::vector<std::string> responses;  // Lines after a 334, likewise.
    std::vector<std::string> messages;   // As they came, with their end; or all chunks together.
    std::string handshake_failure;
    std::uint64_t said = 0;       // Bytes that the connection has taken.
    std::uint64_t forgotten = 0;  // Of messages that were not kept.
    bool ended = false;
  };

  ScriptedUpstream(Ground& ground, io::TlsServer* tls)
      : ground_(ground), tls_(tls), scope_(ground.executor()) {}

  // The n-th connection follows the n-th script; later ones are served plainly,
  std::vector<Script> scripts;
  // or, as long as it does not relent, like the last one.
  bool relentless = false;
  void relent() { relentless = false; }
  bool implicit_tls = false;

  void accept(std::unique_ptr<io::Stream> stream);
  // All connections that there are end; those that come are served.
  void break_all();
  // Gives up all connections; the owner runs the world until gone().
  void leave();
  [[nodiscard]] bool gone() const { return scope_.running() == 0; }

  // Of all connections together, in their order:
  [[nodiscard]] const std::list<Connection>& connections() const { return connections_; }
  [[nodiscard]] std::string received() const;
  [[nodiscard]] std::vector<std::string> commands(std::string_view verb) const;
  // MAIL and RCPT.
  [[nodiscard]] std::vector<std::string> envelopes() const;
  // It heard EHLO, RSET and QUIT in the relay's own words, the envelopes(), and not a byte more.
  [[nodiscard]] bool heard_only_envelopes() const;
  // Connections that heard even less: no envelope.
  [[nodiscard]] bool untouched() const { return heard_only_envelopes() && envelopes().empty(); }
  [[nodiscard]] std::vector<std::string> responses() const;
  [[nodiscard]] std::vector<std::string> messages() const;

 private:
  struct Service;

  io::Task<void> serve(std::unique_ptr<io::Stream> stream, Connection& connection, Script script);

  Ground& ground_;
  io::TlsServer* tls_;
  std::list<Connection> connections_;
  std::list<io::Stream*> streams_;
  io::Cancellation leaving_;
  io::Scope scope_;
};

}  // namespace truerelay::attacks
