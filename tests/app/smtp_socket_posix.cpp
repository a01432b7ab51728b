#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>

#include "tests/app/smtp_socket.h"

namespace truerelay::app {

SmtpSocket::SmtpSocket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

SmtpSocket::~SmtpSocket() { ::close(socket_); }

std::string SmtpSocket::hear() {
  std::string reply;
  while (true) {
    for (std::size_t end = received_.find("\r\n"); end != std::string::npos;
         end = received_.find("\r\n")) {
      const std::string line = received_.substr(0, end);
      received_.erase(0, end + 2);
      reply += (reply.empty() ? "" : "\n") + line;
      if (line.size() < 4 || line[3] != '-') {
        return reply;
      }
    }
    std::array<char, 4096> block{};
    const ssize_t count = ::recv(socket_, block.data(), block.size(), 0);
    if (count <= 0) {
      return reply;
    }
    received_.append(block.data(), static_cast<std::size_t>(count));
  }
}

void SmtpSocket::send(std::string_view bytes) {
  EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

std::string SmtpSocket::say(std::string_view line) {
  send(std::string(line) + "\r\n");
  return hear();
}

std::string SmtpSocket::begin_data(std::string_view recipient) {
  hear();
  say("EHLO erp.example");
  say("MAIL FROM:<erp@example.org>");
  const std::string accepted = say("RCPT TO:<" + std::string(recipient) + ">");
  return accepted.starts_with("250") ? say("DATA") : accepted;
}

std::string SmtpSocket::deliver(std::string_view recipient) {
  const std::string go_ahead = begin_data(recipient);
  return go_ahead.starts_with("354") ? say("Subject: test\r\n\r\nReleased.\r\n.") : go_ahead;
}

}  // namespace truerelay::app
