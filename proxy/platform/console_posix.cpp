#include "platform/console.h"

#include <fcntl.h>
#include <sys/select.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "platform/descriptor_posix.h"
#include "platform/secret_file.h"

namespace truerelay::platform {
namespace {

constexpr std::size_t kLongestLine = 4095;  // What comes after it the system drops in silence.

// While it lives, signals that would end the process with the terminal in disorder only interrupt
// what it waits for, and it cannot be put into the background. They are let in while it waits and
// at no other time: one that comes just before the wait would be lost, and the wait go on. One that
// comes after it ends the process, but not before the terminal is in order.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    struct sigaction interrupt{};
    interrupt.sa_handler = [](int /*signal*/) {};
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], kSignals[i] == SIGTSTP ? &ignore : &interrupt, &before_[i]);
      if (kSignals[i] != SIGTSTP) {
        sigaddset(&held, kSignals[i]);
      }
    }
    ::pthread_sigmask(SIG_BLOCK, &held, &let_in_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &before_[i], nullptr);
    }
    ::pthread_sigmask(SIG_SETMASK, &let_in_, nullptr);
  }

  // Waits until there is something to read. False, with errno: a signal came first.
  [[nodiscard]] bool wait_for_input(int descriptor) const {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(descriptor, &readable);
    return ::pselect(descriptor + 1, &readable, nullptr, nullptr, nullptr, &let_in_) > 0;
  }

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP};
  std::array<struct sigaction, kSignals.size()> before_{};
  sigset_t let_in_{};
};

// A terminal that does not show what is typed, while this lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) == 0) {
      termios silent = before_;
      silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      silent.c_lflag |= ECHONL;  // That the line has ended shows.
      changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
    }
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (changed_) {
      ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
  }
  [[nodiscard]] bool holds() const { return changed_; }

 private:
  const int terminal_;
  termios before_{};
  bool changed_ = false;
};

void say(int terminal, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(terminal, text.data(), text.size());
    if (count <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

// Reads up to the end of the input; from a terminal, whose signals are held, up to the end of the
// line. What is kept of it besides is wiped.
std::expected<Redacted, std::string> read_from(int descriptor, const HeldSignals* terminal) {
  const bool one_line = terminal != nullptr;
  std::string bytes;
  bytes.reserve(kLongestSecret + 2);  // So that no earlier copy of the secret stays behind.
  std::string fault;
  while (fault.empty() && bytes.size() < kLongestSecret + 2 &&
         !(one_line && bytes.ends_with('\n'))) {
    char byte = 0;
    const bool waited = !one_line || terminal->wait_for_input(descriptor);
    const ssize_t count = waited ? ::read(descriptor, &byte, 1) : -1;
    if (count < 0 && (one_line || errno != EINTR)) {
      fault = errno == EINTR ? "interrupted; nothing was changed" : "standard input cannot be read";
    } else if (count == 0) {
      break;
    } else if (count > 0) {
      bytes += byte;
    }
  }
  if (bytes.ends_with('\n')) {
    bytes.resize(bytes.size() - (bytes.ends_with("\r\n") ? 2 : 1));
  }
  if (one_line && bytes.size() >= kLongestLine) {
    fault = "that is longer than a terminal takes; give it on standard input";
  }
  if (fault.empty() && bytes.empty()) {
    fault = "nothing was given, and nothing was changed";
  } else if (fault.empty() && bytes.size() > kLongestSecret) {
    fault = "that is longer than 65536 bytes, which no secret is";
  }
  if (!fault.empty()) {
    wipe(bytes);
    return std::unexpected(std::move(fault));
  }
  Redacted given{std::string(bytes)};
  wipe(bytes);
  return given;
}

}  // namespace

bool input_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }

std::expected<Redacted, std::string> ask_hidden(std::string_view question) {
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.number() < 0) {
    return std::unexpected("there is no terminal to ask at");
  }
  const HeldSignals held;
  const Silence silence(terminal.number());
  if (!silence.holds()) {
    return std::unexpected("the terminal cannot be kept from showing what is typed");
  }
  say(terminal.number(), question);
  std::expected<Redacted, std::string> given = read_from(terminal.number(), &held);
  if (!given) {
    say(terminal.number(), "\n");
  }
  return given;
}

std::expected<Redacted, std::string> read_input() { return read_from(STDIN_FILENO, nullptr); }

}  // namespace truerelay::platform
