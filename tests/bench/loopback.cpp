#include "loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace truerelay::bench {
namespace {

int without_delay(int socket) {
  must(socket >= 0);
  const int on = 1;
  must(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
  return socket;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

void must(bool good) {
  if (!good) {
    std::perror("bench_floor");
    std::abort();
  }
}

double processor_seconds() {
  timespec time{};
  must(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Listening::Listening() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  must(socket_ >= 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  must(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  must(::listen(socket_, 128) == 0);
  must(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
}

Listening::~Listening() { ::close(socket_); }

int Listening::accept() const { return without_delay(::accept(socket_, nullptr, nullptr)); }

int Listening::dial() const {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port_);
  must(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return without_delay(socket);
}

Child::Child(const std::function<void()>& work) : pid_(::fork()) {
  must(pid_ >= 0);
  if (pid_ == 0) {
    work();
    ::_exit(0);
  }
}

Child::~Child() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
}

}  // namespace truerelay::bench
