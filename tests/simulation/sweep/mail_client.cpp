#include "tests/simulation/sweep/mail_client.h"

#include <utility>

#include "io/sleep.h"

namespace truerelay::simulation {
namespace {

// Longer than any wait that the relay allows itself: whoever hears nothing in this time is left in
// silence.
constexpr io::Duration kPatience = std::chrono::hours(3);

}  // namespace

MailClient::MailClient(World& world, io::Dialer& dialer, Random random, std::vector<Letter> letters)
    : world_(world), dialer_(dialer), random_(random) {
  manners_.helo = random_.chance(0.15);
  manners_.pipelines = random_.chance(0.3);
  manners_.hesitates = random_.chance(0.1);
  manners_.leaves = random_.chance(0.15) ? 0.1 : 0;
  for (Letter& letter : letters) {
    told_.emplace_back().letter = std::move(letter);
  }
}

void MailClient::note_faulty_link() {
  for (Told& told : told_) {
    told.own_link_faulty = true;
  }
}

io::Task<void> MailClient::run(io::Endpoint relay, io::Cancellation& cancellation) {
  io::Result<io::Connection> connection =
      co_await dialer_.dial(std::move(relay), world_.now() + kPatience, cancellation);
  if (!connection) {
    co_return;
  }
  channel_ = std::make_unique<io::Channel>(world_, world_, std::move(connection->stream));
  Told before;
  current_ = &before;
  const std::optional<smtp::Reply> greeting = co_await hear();
  if (!greeting || greeting->code != 220) {
    co_return;
  }
  const bool introduced = co_await say(manners_.helo ? "HELO erp\r\n" : "EHLO erp\r\n");
  if (!introduced) {
    co_return;
  }
  const std::optional<smtp::Reply> welcome = co_await hear();
  if (!welcome || !welcome->completion()) {
    co_return;
  }
  for (Told& told : told_) {
    told.begun = true;
    current_ = &told;
    const bool goes_on = co_await send(told);
    if (!goes_on) {
      channel_->close();
      co_return;
    }
  }
  current_ = &before;
  const bool said = co_await say("QUIT\r\n");
  if (said) {
    co_await hear();
  }
}

// False: this client goes away now.
io::Task<bool> MailClient::step() {
  if (manners_.hesitates && random_.chance(0.2)) {
    const auto pause = std::chrono::seconds(random_.scaled_between(1, 400));
    // It may come back to a connection that was closed for its silence, and not look for the 421.
    for (Told& told : told_) {
      told.dawdled = told.dawdled || pause > std::chrono::seconds(100);
    }
    co_await io::Sleep(world_, world_, world_.now() + pause, never_);
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
  channel_->read_ahead();
  const io::Result<void> written = co_await channel_->write(text, world_.now() + kPatience);
  if (!written) {
    current_->own_link_broke = true;
    // The relay's last word may have come while this client was talking.
    const bool something_came = !channel_->buffer().empty();
    if (something_came && current_->begun && !current_->final_reply) {
      std::optional<smtp::Reply> last_word = co_await hear();
      while (last_word && last_word->code != 421) {
        last_word = co_await hear();
      }
      current_->final_reply = last_word;
    }
  }
  co_return written.has_value();
}

io::Task<std::optional<smtp::Reply>> MailClient::hear() {
  const io::Time until = world_.now() + kPatience;
  while (true) {
    const std::optional<std::string_view> line = lines_.line(channel_->buffer());
    if (line) {
      std::expected<std::optional<smtp::Reply>, std::string> taken = parser_.take(*line);
      lines_.consume(channel_->buffer(), *line);
      if (!taken) {
        current_->silence = true;  // What it hears is no reply.
        co_return std::nullopt;
      }
      if (*taken) {
        co_return **std::move(taken);
      }
      continue;
    }
    const io::Channel::Arrival arrival = co_await channel_->wait(until);
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
    told.final_reply = co_await hear();
  }
  if (!told.final_reply || told.final_reply->code == 421) {
    co_return false;
  }
  if (!told.final_reply->completion()) {
    const bool said = co_await say("RSET\r\n");
    if (!said) {
      co_return false;
    }
    co_await hear();
  }
  co_return true;
}

// True: the body may come, or final_reply says why not.
io::Task<bool> MailClient::send_envelope(Told& told) {
  std::vector<std::string> commands = {"MAIL FROM:<" + told.letter.sender + ">\r\n"};
  for (const std::string& recipient : told.letter.recipients) {
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
      told.recipients[told.letter.recipients[i - 1]] = *reply;
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
  const std::string wire = stuffed(told.letter.content);
  const io::Time started = world_.now();
  std::size_t sent = 0;
  while (sent < wire.size()) {
    const std::size_t piece =
        random_.chance(0.5) ? wire.size() - sent : random_.between(1, wire.size() - sent);
    // From here on the end may be on its way, whatever becomes of this call.
    told.sent_last_byte = sent + piece == wire.size();
    const bool said = co_await say(wire.substr(sent, piece));
    if (!said) {
      told.sent_last_byte = told.sent_last_byte && !told.left_on_purpose;
      told.dawdled = told.dawdled || world_.now() - started > std::chrono::seconds(100);
      co_return false;
    }
    sent += piece;
  }
  co_return true;
}

}  // namespace truerelay::simulation
