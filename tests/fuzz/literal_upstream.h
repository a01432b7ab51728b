#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/scope.h"
#include "io/stream.h"
#include "io/task.h"
#include "smtp/reply.h"
#include "tests/simulation/world.h"

namespace truerelay::fuzz {

// A server that says what it is given to say, and the books that tell what that means: on each
// connection the k-th reply, read strictly, is the answer to the k-th thing that was asked.
//
// It is asked for a greeting, by each line, by the end of each message after a 354, and by each
// chunk. Words that are given answer these in their order, over all connections; a word that ends
// in "!" is its last one on that connection, without the "!". After them it answers as a plain
// server, but for recipients whose local part begins with "no" and messages that say "refuse me".
class LiteralUpstream {
 public:
  // A message that has come with its end.
  struct Message {
    std::vector<std::string> recipients;  // Lines of RCPT that were answered 2xx,
    std::vector<smtp::Reply> replies;     // and how.
    std::string content;
    std::optional<smtp::Reply> answer;  // None: there was none, or what came is no reply.

    [[nodiscard]] bool accepted() const { return answer && answer->completion(); }
  };

  LiteralUpstream(simulation::World& world, std::vector<std::string> words, std::string ehlo);

  void accept(std::unique_ptr<io::Stream> stream);
  // Gives up all connections; the owner runs the world until gone().
  void leave();
  [[nodiscard]] bool gone() const { return scope_.running() == 0; }

  // So far, over all connections.
  [[nodiscard]] std::vector<Message> messages() const;
  // Every reply that it gave.
  [[nodiscard]] std::vector<smtp::Reply> said() const;
  // It answered what it had not been asked yet, so that nobody can know what it meant.
  [[nodiscard]] bool spoke_ahead() const { return spoke_ahead_; }

 private:
  struct Asked {
    std::string what;          // A line; "greeting", "end" or "last" for the end of a message.
    std::string content = {};  // Of a message.
  };
  struct Connection {
    std::vector<Asked> asked;
    std::string said;
    std::string unread;
    std::string chunks;
    bool in_message = false;
  };

  io::Task<void> serve(std::unique_ptr<io::Stream> stream, Connection& connection);
  std::optional<Asked> next(Connection& connection) const;
  std::optional<Asked> next_chunk(Connection& connection, std::size_t line_end) const;
  std::string answer_to(const Asked& asked);

  std::deque<std::string> words_;
  std::string ehlo_;
  unsigned answers_ = 0;
  bool spoke_ahead_ = false;
  std::list<Connection> connections_;
  std::list<io::Stream*> streams_;
  io::Scope scope_;
};

}  // namespace truerelay::fuzz
