#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "io/failure.h"
#include "io/task.h"
#include "sandbox/connection.h"
#include "sandbox/ledger.h"
#include "sandbox/session.h"
#include "sandbox/settings.h"
#include "sandbox/transaction.h"
#include "smtp/command.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// One submission session: what has been said so far, and what each command makes of it.
//
// Commands that are answered at once are plain functions: a client that pipelines thousands of them
// costs one wait, and no depth of stack. The others are tasks. Either kind ends the session by
// setting `end_`.
class Submission {
 public:
  Submission(const Settings& settings, const Services& services, Arrival arrival);
  io::Task<void> run();

 private:
  enum class End {
    none,
    finish,  // What was said is still written, and the client may read it.
    drop,    // The connection breaks, or is broken.
  };

  [[nodiscard]] std::expected<smtp::Command, smtp::Reply> parse(std::string_view line) const;

  // Commands that are answered at once. False: a task is needed.
  bool at_once(const smtp::Hello& hello);
  bool at_once(const smtp::Mail& mail);
  bool at_once(const smtp::Recipient& recipient);
  bool at_once(const smtp::Reset& reset);
  bool at_once(const smtp::Noop& noop);
  bool at_once(const smtp::Quit& quit);
  bool at_once(const smtp::Verify& verify);
  bool at_once(const smtp::Expand& expand);
  bool at_once(const smtp::Help& help);
  bool at_once(const smtp::Foreign& foreign);
  bool at_once(const smtp::Auth&) { return false; }
  bool at_once(const smtp::Bdat&) { return false; }
  bool at_once(const smtp::Data&) { return false; }
  bool at_once(const smtp::StartTls&) { return false; }

  // Commands that wait for something.
  io::Task<void> with_waits(smtp::Command command);
  io::Task<void> delayed(smtp::Recipient recipient);
  io::Task<void> authenticate(smtp::Auth auth);
  io::Task<void> start_tls();
  io::Task<void> data();
  io::Task<void> bdat(smtp::Bdat chunk);

  // The end of the data, or of the last chunk, has come: the decision and its answer.
  io::Task<void> conclude();
  // The message is refused for `reply`; a chunked transaction waits for its RSET.
  io::Task<void> refuse_message(smtp::Reply reply);
  io::Task<void> refuse_chunk(smtp::Bdat chunk, smtp::Reply reply);
  void begin_message(IncomingMessage::Form form);
  void content_broken(const io::Failure& failure);

  [[nodiscard]] std::optional<smtp::Reply> unready_for_mail() const;
  [[nodiscard]] std::optional<smtp::Reply> unready_for_recipient() const;
  [[nodiscard]] std::optional<smtp::Reply> unready_for_data() const;
  [[nodiscard]] std::optional<smtp::Reply> unready_for_chunk() const;
  [[nodiscard]] std::optional<smtp::Reply> unready_for_auth() const;

  void record(const smtp::Recipient& recipient, smtp::Reply reply, Order order);
  // Says a reply, and ends the session after a 421.
  void answer(const smtp::Reply& reply);
  // Answers a command that should not have come. After too many of them 421 is the answer.
  void object(smtp::Reply reply);
  void end(End how, std::string reason);
  void broken(const io::Failure& failure);
  void forget_transaction(std::string_view reason);

  const Settings& settings_;
  Services services_;
  Connection connection_;
  ConnectionId id_;
  bool secured_;
  std::optional<smtp::Hello> hello_;
  std::optional<std::string> user_;
  std::optional<Transaction> transaction_;
  std::uint64_t transactions_ = 0;
  std::size_t errors_ = 0;
  std::size_t failed_logins_ = 0;
  End end_ = End::none;
  std::string reason_;
};

}  // namespace truerelay::sandbox
