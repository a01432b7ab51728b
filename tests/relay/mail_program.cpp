#include "tests/relay/mail_program.h"

#include <utility>

namespace truerelay::relay {

MailProgram::MailProgram(Scene& scene, io::IpAddress from, std::uint16_t port)
    : scene_(scene), scope_(scene.world) {
  scope_.spawn(dial(cancellation_, from, port));
  scene_.world.run_for(10ms);
}

MailProgram::~MailProgram() {
  hang_up();
  EXPECT_EQ(scope_.running(), 0U);
}

io::Task<void> MailProgram::dial(io::Cancellation& cancellation, io::IpAddress from,
                                 std::uint16_t port) {
  simulation::SimulatedDialer dialer(scene_.network, from);
  io::Result<io::Connection> connection =
      co_await dialer.dial({"127.0.0.1", port}, io::Time::max(), cancellation);
  if (connection) {
    channel_ =
        std::make_unique<io::Channel>(scene_.world, scene_.world, std::move(connection->stream));
  }
}

std::string MailProgram::hear(io::Duration patience) {
  scope_.spawn(listen(scene_.world.now() + patience));
  scene_.world.run_for(patience);
  std::string text;
  for (const char c : channel_->buffer().readable()) {
    text += c == '\r' ? "" : std::string(1, c);
  }
  channel_->buffer().clear();
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

io::Task<void> MailProgram::listen(io::Time until) {
  while (true) {
    const io::Channel::Arrival arrival = co_await channel_->wait(until);
    if (arrival != io::Channel::Arrival::bytes) {
      cut_off_ = cut_off_ || arrival != io::Channel::Arrival::timed_out;
      break;
    }
  }
}

std::string MailProgram::say(std::string_view line, io::Duration patience) {
  return send(std::string(line) + "\r\n", patience);
}

std::string MailProgram::send(std::string bytes, io::Duration patience) {
  scope_.spawn(write(std::move(bytes)));
  return hear(patience);
}

void MailProgram::send_without_hearing(std::string bytes) {
  scope_.spawn(write(std::move(bytes)));
  scene_.world.run_for(1s);
}

io::Task<void> MailProgram::write(std::string bytes) {
  co_await channel_->write(bytes, io::Time::max());
}

std::string MailProgram::introduce() {
  hear();
  return say("EHLO erp.example");
}

std::string MailProgram::begin(std::string_view recipient, std::string_view sender) {
  say("MAIL FROM:<" + std::string(sender) + ">");
  return say("RCPT TO:<" + std::string(recipient) + ">");
}

std::string MailProgram::begin_data(std::string_view recipient) {
  begin(recipient);
  return say("DATA");
}

std::string MailProgram::deliver(std::string_view recipient) {
  begin_data(recipient);
  return send(std::string(kShortMessage) + ".\r\n");
}

void MailProgram::hang_up() {
  channel_->close();
  scene_.world.run_for(1s);
}

void MailProgram::send_no_more() {
  channel_->shutdown();
  scene_.world.run_for(1s);
}

bool MailProgram::handshake() {
  bool secured = false;
  scope_.spawn(secure(secured));
  scene_.world.run_for(1s);
  return secured;
}

std::string MailProgram::start_tls() {
  std::string reply;
  scope_.spawn(ask_for_tls(reply));
  scene_.world.run_for(1s);
  return reply;
}

// A channel may be released only just after an arrival, so nobody else listens meanwhile.
io::Task<void> MailProgram::ask_for_tls(std::string& reply) {
  const std::string line = "STARTTLS\r\n";
  co_await channel_->write(line, io::Time::max());
  const io::Channel::Arrival arrival = co_await channel_->wait(scene_.world.now() + 500ms);
  if (arrival != io::Channel::Arrival::bytes) {
    co_return;
  }
  reply = channel_->buffer().readable();
  channel_->buffer().clear();
  if (reply.starts_with("220 ")) {
    const bool secured = co_await secure();
    reply = secured ? reply : "the handshake failed";
  }
}

io::Task<bool> MailProgram::secure() {
  std::unique_ptr<io::Stream> plain = channel_->release();
  plain->set_deadline(scene_.world.now() + 400ms);
  io::Result<io::SecuredStream> result =
      co_await scene_.tls_of_clients().secure(std::move(plain), "127.0.0.1");
  if (result) {
    result->stream->set_deadline(io::Time::max());
    channel_->adopt(std::move(result->stream));
  }
  co_return result.has_value();
}

io::Task<void> MailProgram::secure(bool& secured) {
  const bool done = co_await secure();
  secured = done;
}

}  // namespace truerelay::relay
