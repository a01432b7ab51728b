#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/cancellation.h"
#include "io/channel.h"
#include "io/dialer.h"
#include "io/line_reader.h"
#include "io/task.h"
#include "smtp/reply_parser.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sweep/books.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// A legacy program of some make: it connects, sends its letters one after the other, and writes
// down what it is told. How it goes about it is drawn: HELO or EHLO, one command at a time or
// several, slow or fast, and now and then it just goes away.
class MailClient {
 public:
  MailClient(World& world, io::Dialer& dialer, Random random, std::vector<Letter> letters);

  io::Task<void> run(io::Endpoint relay, io::Cancellation& cancellation);

  // Something goes wrong between this client and the relay, so that silence has an excuse.
  void note_faulty_link();

  [[nodiscard]] const std::vector<Told>& told() const { return told_; }

 private:
  struct Manners {
    bool helo = false;
    bool pipelines = false;
    bool hesitates = false;  // Waits a while before some steps.
    double leaves = 0;       // The chance to go away before any one step.
  };

  io::Task<bool> say(std::string text);
  io::Task<std::optional<smtp::Reply>> hear();
  io::Task<bool> send(Told& told);
  io::Task<bool> send_envelope(Told& told);
  io::Task<bool> send_content(Told& told);
  io::Task<bool> step();

  World& world_;
  io::Dialer& dialer_;
  Random random_;
  Manners manners_;
  std::vector<Told> told_;
  Told* current_ = nullptr;
  std::unique_ptr<io::Channel> channel_;
  io::LineReader lines_{smtp::ReplyParser::kLongestLine};
  smtp::ReplyParser parser_;
  io::Cancellation never_;
};

}  // namespace truerelay::simulation
