#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace truerelay::app {

// A client on a real socket that waits for each reply, for at most a minute.
class SmtpSocket {
 public:
  explicit SmtpSocket(std::uint16_t port);
  SmtpSocket(const SmtpSocket&) = delete;
  SmtpSocket& operator=(const SmtpSocket&) = delete;
  ~SmtpSocket();

  // The next whole reply, "\n" between its lines; "" at the end of the connection.
  std::string hear();
  std::string say(std::string_view line);
  void send(std::string_view bytes);

  // Greeting to the answer to the final dot.
  std::string deliver(std::string_view recipient);
  // EHLO and up to the answer to DATA.
  std::string begin_data(std::string_view recipient);

 private:
  int socket_ = -1;
  std::string received_;
};

}  // namespace truerelay::app
