#include "mail_sink.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "io/line_reader.h"

namespace truerelay::bench {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::string_view kEndOfData = "\r\n.\r\n";

std::string_view without_line_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

// One client. Replies gather in `output_` and go out before the next read, so that commands that
// came together are answered together.
class Session {
 public:
  Session(Sink& sink, Door door, std::unique_ptr<io::Stream> stream)
      : sink_(sink), door_(door), stream_(std::move(stream)), lines_(kLongestLine) {}

  io::Task<void> run();

 private:
  io::Task<bool> secure();
  io::Task<bool> more();
  io::Task<bool> line();  // Into command_.
  io::Task<bool> obey();
  io::Task<bool> authenticate();
  io::Task<bool> data();
  io::Task<bool> chunk();

  void say(std::string_view reply) { output_.append(reply).append("\r\n"); }
  void greet_back();
  void recipient();
  void accept();
  void forget();

  Sink& sink_;
  Door door_;
  std::unique_ptr<io::Stream> stream_;
  Buffer input_;
  io::LineReader lines_;
  std::string output_;
  std::string command_;
  bool secured_ = false;
  bool logged_in_ = false;
  bool ended_ = false;
  bool sender_ = false;
  std::uint64_t recipients_ = 0;
  std::uint64_t octets_ = 0;
  bool chunked_ = false;  // BDAT has begun.
};

io::Task<void> Session::run() {
  ++sink_.counts.connections;
  if (door_.implicit) {
    const bool secured = co_await secure();
    if (!secured) {
      co_return;
    }
  }
  say("220 localhost ESMTP");
  while (!ended_) {
    const bool received = co_await line();
    if (!received) {
      co_return;
    }
    const bool obeyed = co_await obey();
    if (!obeyed) {
      co_return;
    }
  }
  const std::string last_words = std::exchange(output_, {});
  co_await stream_->write(last_words);
}

io::Task<bool> Session::secure() {
  io::Result<io::SecuredStream> secured = co_await door_.tls->secure(std::move(stream_));
  if (!secured) {
    co_return false;
  }
  stream_ = std::move(secured->stream);
  secured_ = true;
  co_return true;
}

io::Task<bool> Session::more() {
  if (!output_.empty()) {
    const std::string replies = std::exchange(output_, {});
    io::Result<void> written = co_await stream_->write(replies);
    if (!written) {
      co_return false;
    }
  }
  io::Result<std::size_t> count = co_await stream_->read(input_);
  co_return count.has_value() && *count > 0;
}

io::Task<bool> Session::line() {
  while (true) {
    const std::optional<std::string_view> found = lines_.line(input_);
    if (found) {
      command_ = without_line_end(*found);
      lines_.consume(input_, *found);
      co_return true;
    }
    if (lines_.too_long(input_)) {
      co_return false;
    }
    const bool came = co_await more();
    if (!came) {
      co_return false;
    }
  }
}

io::Task<bool> Session::obey() {
  const auto is = [this](std::string_view verb) { return ascii_starts_with(command_, verb); };
  if (is("EHLO ")) {
    greet_back();
  } else if (is("HELO ")) {
    forget();
    say("250 localhost");
  } else if (is("STARTTLS")) {
    if (door_.tls == nullptr || secured_ || !input_.empty()) {
      say("503 5.5.1 Not now");
      co_return true;
    }
    const std::string go_ahead = "220 2.0.0 Go ahead\r\n";
    io::Result<void> written = co_await stream_->write(go_ahead);
    if (!written) {
      co_return false;
    }
    const bool secured = co_await secure();
    co_return secured;
  } else if (is("AUTH PLAIN")) {
    const bool answered = co_await authenticate();
    co_return answered;
  } else if (is("MAIL FROM:")) {
    if (door_.tls != nullptr && !logged_in_) {
      say("530 5.7.0 Authentication required");
    } else if (sender_) {
      say("503 5.5.1 One sender is enough");
    } else {
      sender_ = true;
      say("250 2.1.0 Sender ok");
    }
  } else if (is("RCPT TO:")) {
    recipient();
  } else if (is("DATA")) {
    const bool received = co_await data();
    co_return received;
  } else if (is("BDAT ")) {
    const bool received = co_await chunk();
    co_return received;
  } else if (is("RSET")) {
    forget();
    say("250 2.0.0 Reset");
  } else if (is("NOOP")) {
    say("250 2.0.0 Ok");
  } else if (is("QUIT")) {
    say("221 2.0.0 Bye");
    ended_ = true;
  } else if (is("XCOUNT")) {
    const Counts& counts = sink_.counts;
    say(fmt::format(R"(250 {{"messages": {}, "recipients": {}, "chunked": {}, "octets": {}, )"
                    R"("connections": {}, "logins": {}}})",
                    counts.messages, counts.recipients, counts.chunked, counts.octets,
                    counts.connections, counts.logins));
  } else {
    say("500 5.5.2 Unknown command");
  }
  co_return true;
}

void Session::greet_back() {
  forget();
  say("250-localhost");
  if (door_.tls != nullptr && !secured_) {
    say("250-STARTTLS");
  }
  if (secured_) {
    say("250-AUTH PLAIN");
  }
  if (sink_.chunking) {
    say("250-CHUNKING");
  }
  say("250-PIPELINING");
  say("250-8BITMIME");
  say("250-ENHANCEDSTATUSCODES");
  say("250 SIZE 36700160");
}

io::Task<bool> Session::authenticate() {
  if (!secured_ || logged_in_) {
    say("503 5.5.1 Not now");
    co_return true;
  }
  std::string response = command_.substr(std::string_view("AUTH PLAIN").size());
  response.erase(0, response.find_first_not_of(' '));
  if (response.empty()) {
    say("334 ");
    const bool received = co_await line();
    if (!received) {
      co_return false;
    }
    response = command_;
  }
  std::string right(1, '\0');
  right.append(sink_.user).append(1, '\0').append(sink_.password);
  logged_in_ = base64_decode(response) == right;
  sink_.counts.logins += logged_in_ ? 1U : 0U;
  say(logged_in_ ? "235 2.7.0 Authenticated" : "535 5.7.8 Wrong user or password");
  co_return true;
}

void Session::recipient() {
  if (!sender_) {
    say("503 5.5.1 MAIL first");
    return;
  }
  if (ascii_starts_with(command_, "RCPT TO:<refused@")) {
    say("550 5.1.1 Nobody of this name lives here");
    return;
  }
  ++recipients_;
  say("250 2.1.5 Recipient ok");
}

io::Task<bool> Session::data() {
  if (recipients_ == 0 || chunked_) {
    say("503 5.5.1 RCPT first");
    co_return true;
  }
  say("354 Go ahead");
  // Found as one needle, the line end before the dot may be that of DATA itself.
  bool first = true;
  while (true) {
    const std::string_view bytes = input_.readable();
    if (first && bytes.size() >= 3 && bytes.starts_with(kEndOfData.substr(2))) {
      input_.consume(3);
      break;
    }
    const std::size_t end = bytes.find(kEndOfData);
    if (end != std::string_view::npos) {
      octets_ += end + 2;
      input_.consume(end + kEndOfData.size());
      break;
    }
    // The needle may begin in what is here and end in what is to come.
    if (bytes.size() >= kEndOfData.size()) {
      const std::size_t done = bytes.size() - (kEndOfData.size() - 1);
      octets_ += done;
      input_.consume(done);
      first = false;
    }
    const bool came = co_await more();
    if (!came) {
      co_return false;
    }
  }
  lines_.forget();
  accept();
  co_return true;
}

io::Task<bool> Session::chunk() {
  const std::string_view arguments = std::string_view(command_).substr(5);
  std::uint64_t left = 0;
  const auto [end, error] =
      std::from_chars(arguments.data(), arguments.data() + arguments.size(), left);
  if (!sink_.chunking || error != std::errc()) {
    co_return false;  // What would follow could not be told from commands.
  }
  const bool last = ascii_equal(std::string_view(end, arguments.end()), " LAST");
  const bool in_order = recipients_ > 0;
  chunked_ = in_order;
  while (true) {
    const std::size_t here = std::min<std::uint64_t>(input_.size(), left);
    input_.consume(here);
    octets_ += here;
    left -= here;
    if (left == 0) {
      break;
    }
    const bool came = co_await more();
    if (!came) {
      co_return false;
    }
  }
  lines_.forget();
  if (!in_order) {
    octets_ = 0;
    say("503 5.5.1 RCPT first");
  } else if (last) {
    accept();
  } else {
    say("250 2.0.0 Chunk ok");
  }
  co_return true;
}

void Session::accept() {
  ++sink_.counts.messages;
  sink_.counts.recipients += recipients_;
  sink_.counts.chunked += chunked_ ? 1U : 0U;
  sink_.counts.octets += octets_;
  say("250 2.0.0 Accepted");
  forget();
}

void Session::forget() {
  sender_ = false;
  recipients_ = 0;
  octets_ = 0;
  chunked_ = false;
}

}  // namespace

io::Task<void> serve(Sink& sink, Door door, std::unique_ptr<io::Stream> stream) {
  Session session(sink, door, std::move(stream));
  co_await session.run();
}

}  // namespace truerelay::bench
