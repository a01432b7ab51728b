#include "relay/envelope.h"

#include <string>
#include <utility>

namespace truerelay::relay {
namespace {

class EnvelopeFlight {
 public:
  EnvelopeFlight(UpstreamConnection& connection, EnvelopePart part, io::Duration first,
                 io::Duration each, const io::Clock& clock)
      : connection_(connection),
        part_(part),
        patience_(first),
        each_(each),
        clock_(clock),
        at_once_(connection.offered.pipelining) {}

  io::Task<Result<EnvelopeAnswers>> run() {
    bool reset = false;
    if (part_.mail != nullptr) {
      reset = std::exchange(connection_.needs_reset, true);
      ++connection_.messages;
    }
    if (at_once_) {
      queue_all(reset);
      Result<void> sent = co_await connection_.send(clock_.now() + each_);
      if (!sent) {
        co_return std::unexpected(std::move(sent.error()));
      }
    }
    if (reset) {
      Result<smtp::Reply> forgotten = co_await hear(at_once_ ? "" : "RSET\r\n");
      if (forgotten && !forgotten->completion()) {
        connection_.close();
        co_return fail(Failure::Cause::connection_closed, "its answer to RSET is", *forgotten);
      }
      if (!forgotten) {
        co_return std::unexpected(std::move(forgotten.error()));
      }
    }
    EnvelopeAnswers answers;
    if (part_.mail != nullptr) {
      Result<smtp::Reply> sender = co_await hear(line_of(*part_.mail));
      if (!sender) {
        co_return std::unexpected(std::move(sender.error()));
      }
      answers.sender = *std::move(sender);
    }
    const bool refused = part_.mail != nullptr && !answers.sender.completion();
    for (const smtp::Recipient& recipient : part_.recipients) {
      if (refused && !at_once_) {
        answers.recipients.push_back(answers.sender);
        continue;
      }
      Result<smtp::Reply> answer = co_await hear(line_of(recipient));
      if (!answer) {
        co_return std::unexpected(std::move(answer.error()));
      }
      answers.recipients.push_back(refused ? answers.sender : *std::move(answer));
    }
    co_return answers;
  }

 private:
  void queue_all(bool reset) {
    if (reset) {
      connection_.queue("RSET\r\n");
    }
    if (part_.mail != nullptr) {
      connection_.queue(smtp::serialize(*part_.mail, connection_.offered));
    }
    for (const smtp::Recipient& recipient : part_.recipients) {
      connection_.queue(smtp::serialize(recipient, connection_.offered));
    }
  }

  template <class Command>
  std::string line_of(const Command& command) const {
    return at_once_ ? "" : smtp::serialize(command, connection_.offered);
  }

  // The next answer; the command goes out first where it has not gone with all the others.
  io::Task<Result<smtp::Reply>> hear(std::string command) {
    const io::Time until = clock_.now() + std::exchange(patience_, each_);
    if (!at_once_) {
      connection_.queue(command);
      Result<void> sent = co_await connection_.send(until);
      if (!sent) {
        co_return std::unexpected(std::move(sent.error()));
      }
    }
    Result<smtp::Reply> reply = co_await connection_.reply(until);
    if (reply && reply->intermediate()) {
      connection_.close();
      co_return fail(Failure::Cause::protocol_violation, "it answered a command with", *reply);
    }
    // After 421 no other answer comes, whatever went out with it.
    if (reply && reply->code == 421) {
      co_return fail(Failure::Cause::connection_closed, "", *reply);
    }
    co_return reply;
  }

  UpstreamConnection& connection_;
  EnvelopePart part_;
  io::Duration patience_;
  io::Duration each_;
  const io::Clock& clock_;
  bool at_once_;
};

}  // namespace

io::Task<Result<EnvelopeAnswers>> send_envelope(UpstreamConnection& connection, EnvelopePart part,
                                                io::Duration first, io::Duration each,
                                                const io::Clock& clock) {
  EnvelopeFlight flight(connection, part, first, each, clock);
  Result<EnvelopeAnswers> answers = co_await flight.run();
  co_return answers;
}

}  // namespace truerelay::relay
