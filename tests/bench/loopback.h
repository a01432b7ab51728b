#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace truerelay::bench {

// Sockets and processes for the measurement of the floor. Whatever fails ends the process.

void must(bool good);

// Processor time that this process, without its children, has used so far.
[[nodiscard]] double processor_seconds();

// A listening TCP socket on loopback, of which both ends are wanted.
class Listening {
 public:
  Listening();
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  [[nodiscard]] int accept() const;
  [[nodiscard]] int dial() const;

 private:
  int socket_;
  std::uint16_t port_;
};

// Another process that does something; its end is waited for.
class Child {
 public:
  explicit Child(const std::function<void()>& work);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  pid_t pid_;
};

}  // namespace truerelay::bench
