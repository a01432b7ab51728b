#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/cancellation.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/executor.h"
#include "io/line_reader.h"
#include "io/task.h"
#include "smtp/reply_parser.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sweep/books.h"

namespace truerelay::simulation {

// How a client goes about it. As it stands: in good order, and one thing after the other.
struct Manners {
  bool helo = false;
  bool pipelines = false;
  bool hesitates = false;       // Waits a while before some steps.
  double leaves = 0;            // The chance to go away before any one step,
  double leaves_after_dot = 0;  // or when all is said and the answer is still to come.
  bool comes_again = false;     // With a letter of which it does not know what became,
  double corrects = 0;          // perhaps with other words in it, or for other recipients.
  bool trickles = false;        // Sends its body in small pieces, with pauses.
  bool runs_ahead = false;      // Sends the next command behind its dot without waiting (RFC 2920).
  bool half_closes = false;     // Behind its dot, and listens on.
  std::string user;             // Logs in, where there is one,
  std::string password;
  bool stranger = false;       // With a password that is not that user's;
  bool user_is_local = false;  // as a user of the relay's own, not of the upstream.
  // Longer than any wait that the relay allows itself: whoever hears nothing in this time is left
  // in silence.
  io::Duration patience = std::chrono::hours(3);
  unsigned haste = 1;  // Its pauses are so many times shorter, where time is real.

  [[nodiscard]] static Manners draw(Random& random);
};

// A legacy program of some make: it connects, sends its letters one after the other, and writes
// down what it is told. It lives in a simulated world or on a loop of its own.
class MailClient {
 public:
  MailClient(io::Clock& clock, io::Executor& executor, io::Dialer& dialer, Random random,
             Manners manners, std::vector<Letter> letters);

  io::Task<void> run(io::Endpoint relay, io::Cancellation& cancellation);

  // Something goes wrong on the connection to the relay that is being made, so that silence has an
  // excuse.
  void note_faulty_link() { faulty_link_ = true; }

  [[nodiscard]] const std::vector<Letter>& letters() const { return letters_; }
  // In their order; a letter may be among them more than once.
  [[nodiscard]] std::deque<Told>& told() { return told_; }
  [[nodiscard]] const Manners& manners() const { return manners_; }
  // What was said to its logins.
  [[nodiscard]] const std::vector<smtp::Reply>& logins() const { return logins_; }

 private:
  // One connection to the relay.
  struct Visit {
    io::Channel channel;
    io::LineReader lines{smtp::ReplyParser::kLongestLine};
    smtp::ReplyParser parser{};
    Told* ended = nullptr;  // The last letter that has its final reply.
    bool dawdled = false;
  };

  io::Task<void> visit(io::Endpoint relay, io::Cancellation& cancellation);
  io::Task<bool> introduce();
  io::Task<bool> say(std::string text);
  io::Task<std::optional<smtp::Reply>> hear();
  io::Task<bool> send(Told& told);
  io::Task<bool> send_envelope(Told& told);
  io::Task<bool> send_content(Told& told);
  io::Task<bool> hear_end(Told& told);
  io::Task<bool> step();
  io::Task<void> pause(std::uint64_t most_seconds);
  void go_on_to_next();
  void correct();
  [[nodiscard]] const Letter& current_letter() const;

  io::Clock& clock_;
  io::Executor& executor_;
  io::Dialer& dialer_;
  Random random_;
  Manners manners_;
  const std::vector<Letter> letters_;
  std::size_t next_ = 0;          // Of the letters,
  unsigned copies_ = 0;           // of which so many copies were accepted.
  std::deque<Letter> corrected_;  // Of them, those that were sent otherwise than at first;
  bool is_corrected_ = false;     // the next one is the last of these.
  std::deque<Told> told_;
  std::vector<smtp::Reply> logins_;
  Told aside_;  // For what is heard outside of letters.
  Told* current_ = nullptr;
  std::unique_ptr<Visit> visit_;
  bool faulty_link_ = false;
  io::Cancellation never_;
};

}  // namespace truerelay::simulation
