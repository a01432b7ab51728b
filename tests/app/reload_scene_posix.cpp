#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <utility>

#include "tests/app/reload_scene.h"
#include "tests/app/smtp_socket.h"

namespace truerelay::app {
namespace {

constexpr std::string_view kReadAgain = "the configuration was read again and ";

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// The port that the system chooses for the socket.
std::uint16_t bind_somewhere(int socket) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

}  // namespace

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const std::uint16_t port = bind_somewhere(socket);
  ::close(socket);
  return port;
}

OccupiedPort::OccupiedPort()
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)), port_(bind_somewhere(socket_)) {
  EXPECT_EQ(::listen(socket_, 1), 0);
}

OccupiedPort::~OccupiedPort() { ::close(socket_); }

bool can_connect(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const int error = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::close(socket);
  return error == 0;
}

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 6000; ++i) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::size_t count_of(std::string_view text, std::string_view words) {
  std::size_t found = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
    ++found;
  }
  return found;
}

void ReloadScene::SetUp() {
  installation_.write("certs/ca.pem", certified_.read("certs/ca.pem"));
  write_main();
  write_upstream();
}

void ReloadScene::write_main(std::string_view top, std::string_view listener) const {
  installation_.write("truerelay.toml", fmt::format("{}\n"
                                                    "[[listener]]\n"
                                                    "name = \"erp\"\n"
                                                    "address = [\"127.0.0.1:{}\"]\n"
                                                    "upstream = \"practice\"\n"
                                                    "{}\n"
                                                    "[log]\n"
                                                    "file = \"truerelay.log\"\n",
                                                    top, port_, listener));
}

std::string ReloadScene::upstream_without_login() const {
  return fmt::format(
      "host = \"localhost\"\n"
      "port = {}\n"
      "tls = \"starttls\"\n"
      "ca_file = \"../certs/ca.pem\"\n"
      "user = \"{}\"\n",
      practice_.ports().starttls, kUser);
}

void ReloadScene::write_upstream(std::string_view more) const {
  installation_.write(
      "upstreams/practice.toml",
      fmt::format("{}password_file = \"practice.password\"\n{}\n", upstream_without_login(), more));
}

config::Config ReloadScene::config() const {
  auto loaded = config::load(installation_.path("truerelay.toml"));
  if (!loaded) {
    for (const config::Error& error : loaded.error()) {
      ADD_FAILURE() << config::describe(error);
    }
  }
  return std::move(loaded.value());
}

bool ReloadScene::log_comes_to_hold(std::string_view words, std::size_t times) const {
  return comes_true([&] { return count_of(log(), words) >= times; });
}

std::string ReloadScene::reload() const {
  const std::string before = log();
  RunningEngine::ask_all_to_reload();
  EXPECT_TRUE(log_comes_to_hold(kReadAgain, count_of(before, kReadAgain) + 1)) << log();
  return log().substr(before.size());
}

std::string ReloadScene::deliver(std::string_view recipient) const {
  SmtpSocket client(port_);
  std::string reply = client.hear();
  for (const std::string& line :
       {std::string("EHLO erp.example"), std::string("MAIL FROM:<erp@example.org>"),
        fmt::format("RCPT TO:<{}>", recipient), std::string("DATA"),
        std::string("Subject: test\r\n\r\nReleased.\r\n.")}) {
    if (!reply.starts_with("2") && !reply.starts_with("354")) {
      return reply;
    }
    reply = client.say(line);
  }
  if (reply.starts_with("250")) {
    client.say("QUIT");  // So that it is known to have heard it.
  }
  return reply;
}

}  // namespace truerelay::app
