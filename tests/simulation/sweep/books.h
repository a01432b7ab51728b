#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/clock.h"
#include "smtp/reply.h"
#include "tests/simulation/sweep/letter.h"

namespace truerelay::simulation {

// The books that are held against each other: what a client was told, what the upstreams did, and
// what was handed on to them. The relay's own record is the fourth (observe/events.h).

// What a client was told about one letter, the once that it sent it. It may come with it again:
// because it does not know what became of it, perhaps with a correction, or because it wants
// another copy sent.
struct Told {
  const Letter* letter = nullptr;                 // As it was sent this time.
  std::string user;                               // Who it logged in as upstream, or empty.
  bool stranger = false;                          // With a password that is not that user's.
  smtp::Reply sender;                             // The answer to MAIL, where there was one.
  std::map<std::string, smtp::Reply> recipients;  // The answer to each RCPT that was answered.
  std::optional<smtp::Reply> final_reply;         // To DATA where it was refused, or to the dot.
  bool concluded = false;        // And it was heard to go on: the relay knows that it was heard.
  bool sent_last_byte = false;   // The client handed on its final dot.
  bool left_on_purpose = false;  // It went away without waiting.
  bool own_link_broke = false;   // The connection to the relay failed or ended.
  bool dawdled = false;          // It let the relay wait past its deadlines.
  bool own_link_faulty = false;  // Or was to fail at some byte.
  bool silence = false;          // It waited for hours and heard nothing.
  io::Time gone_at{};            // When it was not there any more to hear the end.
  // A reply lay unread before it, or may have crossed its leaving: whoever told it cannot know that
  // it was not heard.
  bool may_have_heard = false;

  // There was nobody to hear an end that was not heard.
  [[nodiscard]] bool excused() const { return left_on_purpose || dawdled || own_link_faulty; }
};

// A message that an upstream accepted.
struct Accepted {
  std::string upstream;                 // Which one that was,
  std::string user;                     // and who was logged in there, or empty.
  std::vector<std::string> recipients;  // Those that it accepted.
  std::string content;
  smtp::Reply reply;  // The acceptance. Code 0: its words are not on record.
};

// What the upstreams did about one letter, over all their connections.
struct Done {
  std::vector<smtp::Reply> sender;  // Answers to MAIL.
  std::map<std::string, std::vector<smtp::Reply>> recipients;
  std::vector<Accepted> accepted;
  std::vector<smtp::Reply> refused;  // Answers to the end of the data.
  // The answers to MAIL and RCPT are on record; otherwise only what was accepted is judged.
  bool answers_known = true;

  void add(const Done& other);
};

// The last byte of a message was given to a write towards an upstream.
struct HandedOn {
  bool whole = false;     // The write took all,
  io::Time at{};          // at this time.
  bool answered = false;  // The relay read an answer to it.
  int code = 0;
};

}  // namespace truerelay::simulation
