#include "tests/soak/visitor.h"

#include <chrono>
#include <optional>
#include <utility>

namespace truerelay::soak {
namespace {

constexpr io::Duration kPatience = std::chrono::seconds(60);

const std::string kEhlo = "EHLO soak.invalid\r\n";
const std::string kData = "DATA\r\n";
const std::string kReset = "RSET\r\n";
const std::string kQuit = "QUIT\r\n";
const std::string kStarttls = "STARTTLS\r\n";

// One in a thousand is more than the relay keeps in memory.
std::string draw_content(simulation::Random& random) {
  const std::size_t octets =
      random.chance(0.001) ? random.between(300'000, 600'000) : random.scaled_between(100, 8000);
  std::string content = "Subject: soak " + std::to_string(random.next()) + "\r\n\r\n";
  const std::string line = std::string(76, 'x') + "\r\n";
  while (content.size() < octets) {
    content += line;
  }
  return content + ".\r\n";
}

}  // namespace

io::Task<void> Visitor::visit(io::Dialer& dialer) {
  const bool opened = co_await open(dialer);
  if (!opened) {
    co_return;
  }
  for (std::uint64_t i = 0; i < course_.each; ++i) {
    const bool goes_on = co_await send();
    if (!goes_on) {
      course_.offered += course_.each - i - 1;  // Its other messages are nobody's any more.
      co_return;
    }
  }
  if (random_.chance(0.9)) {
    co_await ask(kQuit, "221");
  }
}

io::Task<bool> Visitor::open(io::Dialer& dialer) {
  const bool tls = random_.chance(0.2);
  io::Result<io::Connection> connection = co_await dialer.dial(
      {"127.0.0.1", tls ? course_.starttls : course_.plain}, clock_.now() + kPatience, never_);
  if (!connection) {
    ++course_.unexpected[connection.error().detail];
    co_return false;
  }
  stream_ = std::move(connection->stream);
  const bool greeted = co_await hear("220");
  if (!greeted) {
    co_return false;
  }
  bool known = co_await ask(kEhlo, "250");
  if (known && tls) {
    known = co_await secure();
  }
  co_return known;
}

io::Task<bool> Visitor::secure() {
  const bool ready = co_await ask(kStarttls, "220");
  if (!ready) {
    co_return false;
  }
  io::Result<io::SecuredStream> secured =
      co_await course_.tls->secure(std::move(stream_), "127.0.0.1");
  if (!secured) {
    ++course_.unexpected[secured.error().detail];
    co_return false;
  }
  stream_ = std::move(secured->stream);
  ++course_.secured;
  const bool known = co_await ask(kEhlo, "250");
  co_return known;
}

io::Task<bool> Visitor::send() {
  ++course_.offered;
  if (random_.chance(0.03)) {
    ++course_.oversize;
    const std::string too_large = "MAIL FROM:<erp@soak.invalid> SIZE=99999999\r\n";
    const bool refused = co_await ask(too_large, "552");
    co_return refused;
  }
  const bool is_refused = random_.chance(0.05);
  const std::string mail = "MAIL FROM:<erp@soak.invalid>\r\n";
  const bool sender = co_await ask(mail, "250");
  if (!sender) {
    co_return false;
  }
  const std::uint64_t recipients = random_.chance(0.8) ? 1 : random_.between(2, 4);
  for (std::uint64_t i = 0; i < recipients; ++i) {
    const std::string name = is_refused ? "refused" : "customer" + std::to_string(i);
    const std::string recipient = "RCPT TO:<" + name + "@soak.invalid>\r\n";
    const bool answered = co_await ask(recipient, is_refused ? "550" : "250");
    if (!answered) {
      co_return false;
    }
  }
  if (is_refused) {
    ++course_.refused;
    const bool reset = co_await ask(kReset, "250");
    co_return reset;
  }
  const bool sent = co_await send_data();
  co_return sent;
}

io::Task<bool> Visitor::send_data() {
  const bool wanted = co_await ask(kData, "354");
  if (!wanted) {
    co_return false;
  }
  std::string content = draw_content(random_);
  if (random_.chance(0.01)) {
    ++course_.aborted;
    content.resize(content.size() / 2);
    co_await say(content);
    co_return false;
  }
  if (random_.chance(0.01)) {
    ++course_.unheard;
    co_await say(content);
    co_return false;
  }
  const bool accepted = co_await ask(content, "250");
  course_.accepted += accepted ? 1 : 0;
  co_return accepted;
}

io::Task<bool> Visitor::say(std::string_view command) {
  stream_->set_deadline(clock_.now() + kPatience);
  io::Result<void> written = co_await stream_->write(command);
  if (!written) {
    ++course_.unexpected[written.error().detail];
  }
  co_return written.has_value();
}

io::Task<bool> Visitor::ask(std::string_view command, std::string_view wanted) {
  const bool said = co_await say(command);
  if (!said) {
    co_return false;
  }
  const bool heard = co_await hear(wanted);
  co_return heard;
}

io::Task<bool> Visitor::hear(std::string_view wanted) {
  while (true) {
    const std::optional<std::string_view> line = lines_.line(input_);
    if (line) {
      const bool last = line->size() < 4 || (*line)[3] != '-';
      const bool as_wanted = line->starts_with(wanted);
      if (!as_wanted) {
        ++course_.unexpected[std::string(*line)];
      }
      lines_.consume(input_, *line);
      if (last || !as_wanted) {
        co_return as_wanted;
      }
      continue;
    }
    io::Result<std::size_t> count = co_await stream_->read(input_);
    if (!count || *count == 0) {
      ++course_.unexpected[count ? "the connection was closed" : count.error().detail];
      co_return false;
    }
  }
}

}  // namespace truerelay::soak
