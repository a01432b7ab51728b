// How a login in a browser ends: the browser comes here, or a person pastes where it was sent.

#include "cli/login_redirect.h"

#include <unistd.h>

#include <array>

#include "tests/net/loopback.h"

namespace truerelay::cli {
namespace {

using namespace std::chrono_literals;
using Code = oauth::TokenResult<Redacted>;

class Redirect : public testing::Loopback {
 protected:
  Redirect() : before_(::dup(STDIN_FILENO)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    keyboard_ = ends[1];
    auto opened = LoginRedirect::open(loop, "this-login");
    EXPECT_TRUE(opened) << opened.error();
    redirect_ = *std::move(opened);
    const std::string uri = redirect_->uri("localhost");
    EXPECT_TRUE(uri.starts_with("http://localhost:") && uri.ends_with("/")) << uri;
    port_ = static_cast<std::uint16_t>(std::stoi(uri.substr(17)));
  }
  ~Redirect() override {
    run(redirect_->close());
    redirect_.reset();
    ::close(keyboard_);
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
  }

  // What a browser is told that asks for `target` at `host`, or at this one.
  std::string visit(const std::string& target, std::string host = "") {
    if (host.empty()) {
      host = "localhost:" + std::to_string(port_);
    }
    std::string told;
    run(browse(*this, "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", told));
    return told;
  }
  void type(const std::string& line) const {
    const std::string bytes = line + "\n";
    ASSERT_EQ(::write(keyboard_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // The code, or "failed: " and the reason.
  std::string code(io::Duration patience = 30s) {
    std::string result;
    run(await(*this, patience, result));
    return result;
  }
  [[nodiscard]] std::string here(const std::string& query) const {
    return "http://localhost:" + std::to_string(port_) + "/?" + query;
  }

  std::unique_ptr<LoginRedirect> redirect_;
  std::uint16_t port_ = 0;

  static io::Task<void> dial(Redirect& self, std::unique_ptr<io::Stream>& into) {
    io::Result<io::Connection> dialled = co_await self.dialer.dial(
        {"127.0.0.1", self.port_}, self.loop.now() + 30s, self.cancellation);
    EXPECT_TRUE(dialled);
    if (dialled) {
      into = std::move(dialled->stream);
      into->set_deadline(self.loop.now() + 30s);
    }
  }
  static io::Task<void> read_all(io::Stream& stream, std::string& told) {
    while (true) {
      Buffer buffer;
      const io::Result<std::size_t> count = co_await stream.read(buffer);
      if (!count || *count == 0) {
        co_return;
      }
      told += buffer.readable();
    }
  }

 private:
  static io::Task<void> browse(Redirect& self, std::string request, std::string& told) {
    std::unique_ptr<io::Stream> stream;
    co_await dial(self, stream);
    co_await stream->write(request);
    co_await read_all(*stream, told);
  }
  static io::Task<void> await(Redirect& self, io::Duration patience, std::string& into) {
    const Code code = co_await self.redirect_->code(self.loop.now() + patience, self.cancellation);
    into = code ? std::string(code->reveal()) : "failed: " + code.error().cause;
  }

  int before_;
  int keyboard_ = -1;
};

TEST_F(Redirect, TakesTheCodeThatABrowserBrings) {
  const std::string told = visit("/?code=4%2F0Ad&state=this-login");
  EXPECT_TRUE(told.starts_with("HTTP/1.1 200 OK\r\n")) << told;
  EXPECT_NE(told.find("You may close this window."), told.npos);
  EXPECT_EQ(told.find("0Ad"), told.npos);
  EXPECT_EQ(code(), "4/0Ad");
}

TEST_F(Redirect, IsNotEndedByOtherVisits) {
  for (const char* target : {"/favicon.ico", "/", "/?code=1", "/?code=1&state=another",
                             "/?state=this-login", "/?error=access_denied"}) {
    EXPECT_TRUE(visit(target).starts_with("HTTP/1.1 404 ")) << target;
  }
  const std::string elsewhere = visit("/?code=1&state=this-login", "evil.example");
  EXPECT_TRUE(elsewhere.starts_with("HTTP/1.1 421 ")) << elsewhere;
  EXPECT_EQ(code(50ms), "failed: nobody logged in in time");
  visit("/?code=2&state=this-login");
  EXPECT_EQ(code(), "2");
}

TEST_F(Redirect, TellsWhyThereIsNoCode) {
  visit("/?error=access_denied&error_description=She+said+no&state=this-login");
  const std::string why = code();
  EXPECT_TRUE(why.starts_with("failed: ")) << why;
  EXPECT_NE(why.find("She said no"), why.npos) << why;
}

TEST_F(Redirect, TakesAnAddressThatIsPasted) {
  type("what?");
  type("");
  type(here("code=1&state=another"));
  type("  " + here("code=4%2F0Ad&state=this-login") + " ");
  EXPECT_EQ(code(), "4/0Ad");
}

TEST_F(Redirect, CountsTheFirstCodeOnly) {
  visit("/?code=1&state=this-login");
  EXPECT_TRUE(visit("/?code=2&state=this-login").starts_with("HTTP/1.1 404 "));
  EXPECT_EQ(code(), "1");
}

TEST_F(Redirect, EndsWhenItIsNotWantedAnyMore) {
  cancellation.cancel();
  EXPECT_TRUE(code().starts_with("failed: "));
}

// Browsers open connections to say nothing on them, and keep them for minutes.
TEST_F(Redirect, ClosesAConnectionOnWhichNothingIsSaid) {
  std::unique_ptr<io::Stream> idle;
  run(dial(*this, idle));
  ASSERT_NE(idle, nullptr);
  visit("/?code=1&state=this-login");
  EXPECT_EQ(code(), "1");
  run(redirect_->close());
  std::string told;
  run(read_all(*idle, told));
  EXPECT_EQ(told, "");
}

}  // namespace
}  // namespace truerelay::cli
