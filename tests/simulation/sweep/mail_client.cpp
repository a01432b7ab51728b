#include "tests/simulation/sweep/mail_client.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "io/sleep.h"

namespace truerelay::simulation {
namespace {

constexpr unsigned kMostVisits = 4;

}  // namespace

Manners Manners::draw(Random& random) {
  Manners manners;
  manners.helo = random.chance(0.15);
  manners.pipelines = random.chance(0.3);
  manners.hesitates = random.chance(0.1);
  manners.leaves = random.chance(0.15) ? 0.1 : 0;
  manners.leaves_after_dot = random.chance(0.2) ? 0.6 : 0;
  manners.comes_again = random.chance(0.8);
  manners.corrects = random.chance(0.3) ? 0.5 : 0;
  manners.trickles = random.chance(0.05);
  manners.runs_ahead = random.chance(0.1);
  manners.half_closes = random.chance(0.05);
  return manners;
}

MailClient::MailClient(io::Clock& clock, io::Executor& executor, io::Dialer& dialer, Random random,
                       Manners manners, std::vector<Letter> letters)
    : clock_(clock),
      executor_(executor),
      dialer_(dialer),
      random_(random),
      manners_(std::move(manners)),
      letters_(std::move(letters)) {}

io::Task<void> MailClient::run(io::Endpoint relay, io::Cancellation& cancellation) {
  for (unsigned visits = 0; visits < kMostVisits; ++visits) {
    co_await visit(relay, cancellation);
    const bool in_the_dark =
        !told_.empty() && told_.back().sent_last_byte && !told_.back().final_reply;
    if (!in_the_dark || !manners_.comes_again) {
      co_return;
    }
    co_await pause(600);
    if (random_.chance(manners_.corrects)) {
      correct();
    }
  }
}

// Somebody looks at it before it is sent again. What was sent before is another message then: its
// acceptance is none of this one (rule T7).
void MailClient::correct() {
  Letter letter = current_letter();
  if (random_.chance(0.5)) {
    letter.recipients.back().insert(0, "not-");  // As many as before.
  } else {
    ++letter.content.front();  // As long as before.
  }
  corrected_.push_back(std::move(letter));
  is_corrected_ = true;
}

const Letter& MailClient::current_letter() const {
  return is_corrected_ ? corrected_.back() : letters_[next_];
}

io::Task<void> MailClient::visit(io::Endpoint relay, io::Cancellation& cancellation) {
  faulty_link_ = false;
  io::Result<io::Connection> connection =
      co_await dialer_.dial(std::move(relay), clock_.now() + manners_.patience, cancellation);
  if (!connection) {
    co_return;
  }
  visit_.reset(new Visit{io::Channel(clock_, executor_, std::move(connection->stream))});
  current_ = &aside_;
  const bool welcome = co_await introduce();
  if (!welcome) {
    co_return;
  }
  while (next_ < letters_.size()) {
    Told& told = told_.emplace_back();
    told.letter = &current_letter();
    told.user = manners_.user_is_local ? "" : manners_.user;
    told.stranger = manners_.stranger;
    told.own_link_faulty = faulty_link_;
    told.dawdled = visit_->dawdled;
    current_ = &told;
    const bool goes_on = co_await send(told);
    told.gone_at = clock_.now();
    // Who sends on without waiting looks as if it had heard, where that arrives late.
    told.may_have_heard = faulty_link_ || !visit_->channel.buffer().empty() || manners_.runs_ahead;
    if (told.final_reply) {
      visit_->ended = &told;
      go_on_to_next();
    }
    if (!goes_on) {
      visit_->channel.close();
      co_return;
    }
  }
  current_ = &aside_;
  const bool said = co_await say("QUIT\r\n");
  if (said) {
    co_await hear();
  }
}

void MailClient::go_on_to_next() {
  copies_ += told_.back().final_reply->completion() ? 1 : 0;
  if (!told_.back().final_reply->completion() || copies_ == letters_[next_].copies) {
    ++next_;
    is_corrected_ = false;
    copies_ = 0;
  }
}

// False: it is not welcome.
io::Task<bool> MailClient::introduce() {
  const std::optional<smtp::Reply> greeting = co_await hear();
  if (!greeting || greeting->code != 220) {
    co_return false;
  }
  std::vector<std::string> commands = {manners_.helo ? "HELO erp\r\n" : "EHLO erp\r\n"};
  if (!manners_.user.empty()) {
    const std::string nul(1, '\0');
    commands.push_back("AUTH PLAIN " +
                       base64_encode(nul + manners_.user + nul + manners_.password) + "\r\n");
  }
  for (const std::string& command : commands) {
    const bool said = co_await say(command);
    if (!said) {
      co_return false;
    }
    const std::optional<smtp::Reply> reply = co_await hear();
    if (reply && command.starts_with("AUTH")) {
      logins_.push_back(*reply);
    }
    if (!reply || !reply->completion()) {
      co_return false;
    }
  }
  co_return true;
}

io::Task<void> MailClient::pause(std::uint64_t most_seconds) {
  const io::Duration length =
      std::chrono::seconds(random_.scaled_between(1, most_seconds)) / manners_.haste;
  // It may come back to a connection that was closed for its silence, or when the relay stopped,
  // and not have read the 421.
  if (visit_ != nullptr) {
    visit_->dawdled = current_->dawdled = true;
  }
  co_await io::Sleep(clock_, executor_, clock_.now() + length, never_);
}

// False: this client goes away now.
io::Task<bool> MailClient::step() {
  if (manners_.hesitates && random_.chance(0.2)) {
    co_await pause(400);
  }
  if (random_.chance(manners_.leaves)) {
    current_->left_on_purpose = true;
    co_return false;
  }
  co_return true;
}

io::Task<bool> MailClient::say(std::string text) {
  const bool stays = co_await step();
  if (!stays) {
    co_return false;
  }
  visit_->channel.read_ahead();
  const io::Result<void> written =
      co_await visit_->channel.write(text, clock_.now() + manners_.patience);
  if (!written) {
    current_->own_link_broke = true;
    // The relay's last word may have come while this client was talking.
    const bool something_came = !visit_->channel.buffer().empty();
    if (something_came && current_ != &aside_ && !current_->final_reply) {
      std::optional<smtp::Reply> last_word = co_await hear();
      // Behind the final dot the first reply is the answer to the message.
      while (last_word && last_word->code != 421 && !current_->sent_last_byte) {
        last_word = co_await hear();
      }
      current_->final_reply = last_word;
    }
  }
  co_return written.has_value();
}

io::Task<std::optional<smtp::Reply>> MailClient::hear() {
  const io::Time until = clock_.now() + manners_.patience;
  while (true) {
    const std::optional<std::string_view> line = visit_->lines.line(visit_->channel.buffer());
    if (line) {
      std::expected<std::optional<smtp::Reply>, std::string> taken = visit_->parser.take(*line);
      visit_->lines.consume(visit_->channel.buffer(), *line);
      if (!taken) {
        current_->silence = true;  // What it hears is no reply.
        co_return std::nullopt;
      }
      if (*taken) {
        if (visit_->ended != nullptr) {
          visit_->ended->concluded = true;
        }
        co_return **std::move(taken);
      }
      continue;
    }
    const io::Channel::Arrival arrival = co_await visit_->channel.wait(until);
    if (arrival == io::Channel::Arrival::timed_out) {
      current_->silence = true;
      co_return std::nullopt;
    }
    if (arrival != io::Channel::Arrival::bytes) {
      current_->own_link_broke = true;
      co_return std::nullopt;
    }
  }
}

// False: the session is over.
io::Task<bool> MailClient::send(Told& told) {
  const bool opened = co_await send_envelope(told);
  if (!opened) {
    co_return false;
  }
  if (!told.final_reply) {
    const bool sent = co_await send_content(told);
    if (!sent) {
      co_return false;
    }
    const bool goes_on = co_await hear_end(told);
    if (!goes_on) {
      co_return false;
    }
  }
  if (!told.final_reply || told.final_reply->code == 421) {
    co_return false;
  }
  if (!told.final_reply->completion()) {
    const bool said = co_await say("RSET\r\n");
    if (!said) {
      co_return false;
    }
    const std::optional<smtp::Reply> reply = co_await hear();
    co_return reply && reply->code != 421;
  }
  co_return true;
}

// The last byte is sent. False: this client is gone.
io::Task<bool> MailClient::hear_end(Told& told) {
  if (random_.chance(manners_.leaves_after_dot)) {
    told.left_on_purpose = true;
    const auto drawn = static_cast<io::Duration::rep>(random_.scaled_between(1, 100'000'000));
    const io::Duration moment = io::Duration{drawn} / manners_.haste;
    co_await io::Sleep(clock_, executor_, clock_.now() + moment, never_);
    co_return false;
  }
  if (manners_.half_closes) {
    told.left_on_purpose = true;  // For all that the relay can know.
    visit_->channel.shutdown();
  }
  told.final_reply = co_await hear();
  if (!manners_.runs_ahead || !told.final_reply || told.final_reply->code == 421) {
    co_return !manners_.half_closes;
  }
  const std::optional<smtp::Reply> next = co_await hear();
  co_return next && next->code != 421 && !manners_.half_closes;
}

// True: the body may come, or final_reply says why not.
io::Task<bool> MailClient::send_envelope(Told& told) {
  std::vector<std::string> commands = {"MAIL FROM:<" + told.letter->sender + ">\r\n"};
  for (const std::string& recipient : told.letter->recipients) {
    commands.push_back("RCPT TO:<" + recipient + ">\r\n");
  }
  commands.emplace_back("DATA\r\n");
  if (manners_.pipelines) {
    std::string all;
    for (const std::string& command : commands) {
      all += command;
    }
    const bool said = co_await say(std::move(all));
    if (!said) {
      co_return false;
    }
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!manners_.pipelines) {
      const bool said = co_await say(commands[i]);
      if (!said) {
        co_return false;
      }
    }
    std::optional<smtp::Reply> reply = co_await hear();
    if (!reply) {
      co_return false;
    }
    if (i == 0) {
      told.sender = *reply;
    }
    const bool to_recipient = i > 0 && i + 1 < commands.size();
    if (to_recipient) {
      told.recipients[told.letter->recipients[i - 1]] = *reply;
    }
    if (i + 1 == commands.size() && reply->code == 354) {
      co_return true;
    }
    if (reply->code == 421 || i + 1 == commands.size()) {
      told.final_reply = std::move(reply);
      co_return true;
    }
    if (i == 0 && !reply->completion() && !manners_.pipelines) {
      told.final_reply = std::move(reply);
      co_return true;
    }
  }
  co_return false;
}

io::Task<bool> MailClient::send_content(Told& told) {
  std::string wire = stuffed(told.letter->content);
  const std::size_t end = wire.size();
  if (manners_.runs_ahead) {
    wire += "RSET\r\n";
  }
  const std::size_t most = manners_.trickles ? wire.size() / 20 + 1 : wire.size();
  const io::Time started = clock_.now();
  std::size_t sent = 0;
  while (sent < wire.size()) {
    const std::size_t longest = std::min(wire.size() - sent, most);
    const std::size_t piece = random_.chance(0.5) ? longest : random_.between(1, longest);
    if (manners_.trickles) {
      co_await pause(20);
    }
    // From here on the end may be on its way, whatever becomes of this call.
    const bool sent_before = told.sent_last_byte;
    told.sent_last_byte = sent + piece >= end;
    const bool said = co_await say(wire.substr(sent, piece));
    if (!said) {
      told.sent_last_byte = sent_before || (told.sent_last_byte && !told.left_on_purpose);
      told.dawdled = told.dawdled || clock_.now() - started > std::chrono::seconds(100);
      co_return false;
    }
    sent += piece;
  }
  co_return true;
}

}  // namespace truerelay::simulation
