#include "smtp_client.h"

#include <chrono>
#include <optional>
#include <utility>

namespace truerelay::bench {
namespace {

// A relay that is slow because a thousand others are served first is slow, not broken.
constexpr io::Duration kPatience = std::chrono::seconds(120);

}  // namespace

std::string content_of(std::size_t octets) {
  std::string content = "Subject: benchmark\r\n\r\n";
  const std::string line = std::string(76, 'x') + "\r\n";
  while (content.size() + line.size() + 2 <= octets) {
    content += line;
  }
  if (content.size() + 2 <= octets) {
    content.append(octets - content.size() - 2, 'x').append("\r\n");
  }
  return content + ".\r\n";
}

io::Task<bool> SmtpClient::open(io::Dialer& dialer, std::uint16_t port) {
  io::Result<io::Connection> connection =
      co_await dialer.dial({"127.0.0.1", port}, clock_.now() + kPatience, never_);
  if (!connection) {
    reply_ = connection.error().detail;
    co_return false;
  }
  stream_ = std::move(connection->stream);
  const bool greeted = co_await hear('2');
  if (!greeted) {
    co_return false;
  }
  const bool known = co_await ask("EHLO bench.invalid\r\n", '2');
  if (!known || letter_.login.empty()) {
    co_return known;
  }
  const std::string login = "AUTH PLAIN " + letter_.login + "\r\n";
  const bool logged_in = co_await ask(login, '2');
  co_return logged_in;
}

io::Task<bool> SmtpClient::send() {
  const bool sender = co_await ask("MAIL FROM:<erp@bench.invalid>\r\n", '2');
  if (!sender) {
    co_return false;
  }
  for (std::size_t i = 0; i < letter_.recipients; ++i) {
    const std::string command = "RCPT TO:<customer" + std::to_string(i) + "@bench.invalid>\r\n";
    const bool recipient = co_await ask(command, '2');
    if (!recipient) {
      co_return false;
    }
  }
  const bool data = co_await ask("DATA\r\n", '3');
  if (!data) {
    co_return false;
  }
  const bool accepted = co_await ask(letter_.content, '2');
  co_return accepted;
}

io::Task<bool> SmtpClient::noop() {
  const bool answered = co_await ask("NOOP\r\n", '2');
  co_return answered;
}

io::Task<bool> SmtpClient::quit() {
  const bool answered = co_await ask("QUIT\r\n", '2');
  co_return answered;
}

io::Task<bool> SmtpClient::ask(std::string_view command, char wanted) {
  stream_->set_deadline(clock_.now() + kPatience);
  io::Result<void> written = co_await stream_->write(command);
  if (!written) {
    reply_ = written.error().detail;
    co_return false;
  }
  const bool answered = co_await hear(wanted);
  co_return answered;
}

io::Task<bool> SmtpClient::hear(char wanted) {
  stream_->set_deadline(clock_.now() + kPatience);
  while (true) {
    const std::optional<std::string_view> line = lines_.line(input_);
    if (line) {
      const bool last = line->size() < 4 || (*line)[3] != '-';
      reply_ = *line;
      lines_.consume(input_, *line);
      if (last) {
        co_return reply_.front() == wanted;
      }
      continue;
    }
    io::Result<std::size_t> count = co_await stream_->read(input_);
    if (!count || *count == 0) {
      reply_ = count ? "the connection was closed" : count.error().detail;
      co_return false;
    }
  }
}

}  // namespace truerelay::bench
