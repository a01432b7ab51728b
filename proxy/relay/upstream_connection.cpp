#include "relay/upstream_connection.h"

#include <utility>

namespace truerelay::relay {
namespace {

constexpr io::Duration kFarewell = std::chrono::seconds(2);
constexpr io::Duration kLastWords = std::chrono::seconds(1);

}  // namespace

UpstreamConnection::UpstreamConnection(io::Clock& clock, io::Executor& executor,
                                       io::Connection connection)
    : address(std::move(connection.address)),
      heard_last(clock.now()),
      clock_(clock),
      channel_(clock, executor, std::move(connection.stream)) {
  channel_.when_read_ahead(
      [](void* context) { static_cast<UpstreamConnection*>(context)->read_ahead_ended(); }, this);
}

void UpstreamConnection::queue(std::string_view line) {
  flight_ += line;
  ++due_;
}

io::Task<Result<void>> UpstreamConnection::send(io::Time until) {
  const std::string flight = std::exchange(flight_, {});
  if (broken_) {
    co_return fail(Failure::Cause::connection_lost, "it was given up before");
  }
  if (!channel_.buffer().empty()) {
    const std::optional<Result<smtp::Reply>> unasked = parse();
    if (unasked && *unasked && (*unasked)->code == 421) {
      farewell_ = **unasked;
      co_return Result<void>{};
    }
    co_return break_with({Failure::Cause::protocol_violation,
                          "it sent a reply that no command had asked for", std::nullopt});
  }
  const io::Result<void> written = co_await channel_.write(flight, until);
  // A server that says why it closes is heard, although it takes no more commands.
  if (!written && channel_.buffer().empty()) {
    co_return break_with(from_io(written.error()));
  }
  co_return Result<void>{};
}

io::Task<Result<smtp::Reply>> UpstreamConnection::reply(io::Time until) {
  if (farewell_) {
    broken_ = true;
    smtp::Reply farewell = std::move(*std::exchange(farewell_, std::nullopt));
    co_return farewell;
  }
  while (true) {
    std::optional<Result<smtp::Reply>> reply =
        early_ ? std::exchange(early_, std::nullopt) : parse();
    if (reply) {
      --due_;
      heard_last = clock_.now();
      if (due_ == 0 && watching_ && !broken_) {
        channel_.read_ahead();
      }
      co_return *std::move(reply);
    }
    if (channel_.failure() != nullptr) {
      co_return break_with(from_io(*channel_.failure()));
    }
    const io::Channel::Arrival arrival = co_await channel_.wait(until);
    if (arrival == io::Channel::Arrival::timed_out) {
      co_return break_with({Failure::Cause::no_answer, "", std::nullopt});
    }
  }
}

io::Task<Result<smtp::Reply>> UpstreamConnection::ask(std::string_view line, io::Time until) {
  queue(line);
  Result<void> sent = co_await send(until);
  if (!sent) {
    co_return std::unexpected(std::move(sent.error()));
  }
  Result<smtp::Reply> answer = co_await reply(until);
  co_return answer;
}

void UpstreamConnection::begin_content(Transfer transfer) {
  content_ = Content::streaming;
  transfer_ = transfer;
  early_.reset();
  channel_.read_ahead();
  read_ahead_ended();
}

io::Task<Result<void>> UpstreamConnection::send_content(std::string_view bytes, io::Time deadline) {
  due_ += transfer_ == Transfer::chunks && content_ == Content::streaming ? 1 : 0;
  const io::Result<void> written = co_await channel_.write(bytes, deadline);
  if (!written) {
    co_await hear_last_words();
    co_return break_with(from_io(written.error()));
  }
  co_return Result<void>{};
}

// An upstream that takes no more may have said why, in bytes that are still to be read.
io::Task<void> UpstreamConnection::hear_last_words() {
  const io::Time until = clock_.now() + kLastWords;
  while (!early_ && channel_.failure() == nullptr) {
    early_ = parse();
    if (early_) {
      break;
    }
    const io::Channel::Arrival arrival = co_await channel_.wait(until);
    if (arrival == io::Channel::Arrival::timed_out) {
      break;
    }
  }
}

io::Task<Result<void>> UpstreamConnection::complete_content(std::string_view bytes,
                                                            io::Time deadline) {
  content_ = Content::completing;
  ++due_;
  Result<void> sent = co_await send_content(bytes, deadline);
  content_ = Content::none;
  co_return sent;
}

io::Task<Result<smtp::Reply>> UpstreamConnection::final_reply(io::Time until) {
  std::optional<smtp::Reply> refusal;
  while (due_ > 1) {
    Result<smtp::Reply> chunk = co_await reply(until);
    if (!chunk && refusal) {
      co_return *std::move(refusal);
    }
    if (!chunk) {
      co_return chunk;
    }
    if (!chunk->completion() && !refusal) {
      refusal = *std::move(chunk);
    }
  }
  // Heard even after a 421, which takes no more commands, and may yet have taken this one. Where
  // nothing is heard, the refusal of a chunk stands for all (RFC 3030 section 2).
  Result<smtp::Reply> answer = co_await reply(until);
  if (refusal && answer && answer->completion()) {
    co_return break_with({Failure::Cause::protocol_violation,
                          "it refused a part of the message and accepted the end", *refusal});
  }
  if (refusal) {
    co_return *std::move(refusal);
  }
  co_return answer;
}

// While a body goes out, whatever comes ends it. While its last bytes go out, only a refusal does:
// an acceptance may be the answer to what is complete already, and when the connection ends, the
// write alone knows whether all was handed on before.
void UpstreamConnection::read_ahead_ended() {
  if (content_ == Content::none || early_) {
    return;
  }
  while (true) {
    early_ = parse();
    if (chunk_taken()) {
      continue;
    }
    if (early_ || channel_.failure() != nullptr) {
      break;
    }
    if (channel_.read_ahead()) {
      return;
    }
  }
  if (!early_) {
    early_ = break_with(from_io(*channel_.failure()));
  }
  const bool refused = early_->has_value() && !(*early_)->completion();
  if (refused && content_ == Content::completing && due_ > 1) {
    // A chunk was refused, and the end may be handed on already: then its answer is to be heard,
    // see final_reply(). An upstream that takes no more of it gets no more.
    channel_.set_deadline(clock_.now() + kLastWords);
  } else if (content_ == Content::streaming || refused) {
    broken_ = true;
    channel_.close();
  }
}

// The answer to a chunk before the last one, as it should be, is no early reply: it is done with.
bool UpstreamConnection::chunk_taken() {
  const std::size_t last = content_ == Content::completing ? 1 : 0;
  if (transfer_ == Transfer::data || due_ <= last || !early_ || !*early_ ||
      !(*early_)->completion()) {
    return false;
  }
  early_.reset();
  --due_;
  return true;
}

io::Task<Result<void>> UpstreamConnection::secure(io::TlsClient& client, std::string host,
                                                  io::Time deadline) {
  // RFC 3207 section 4: what came before the handshake was not protected and is not to be heard.
  if (!channel_.buffer().empty()) {
    co_return break_with({Failure::Cause::protocol_violation,
                          "it sent more before the TLS handshake, where nothing may come",
                          std::nullopt});
  }
  std::unique_ptr<io::Stream> plain = channel_.release();
  plain->set_deadline(deadline);
  handshaking_ = plain.get();
  io::Result<io::SecuredStream> secured = co_await client.secure(std::move(plain), std::move(host));
  handshaking_ = nullptr;
  if (!secured) {
    broken_ = true;
    co_return std::unexpected(from_io(secured.error()));
  }
  tls = std::move(secured->facts);
  secured->stream->set_deadline(io::Time::max());
  channel_.adopt(std::move(secured->stream));
  co_return Result<void>{};
}

void UpstreamConnection::watch() {
  watching_ = true;
  channel_.read_ahead();
}

bool UpstreamConnection::stale() {
  channel_.read_ahead();
  return broken_ || channel_.failure() != nullptr || !channel_.buffer().empty();
}

void UpstreamConnection::close() {
  broken_ = true;
  if (handshaking_ != nullptr) {
    handshaking_->close();
  } else {
    channel_.close();
  }
}

io::Task<void> UpstreamConnection::quit() {
  if (!broken_) {
    Result<smtp::Reply> goodbye = co_await ask("QUIT\r\n", clock_.now() + kFarewell);
    if (goodbye && !broken_) {
      channel_.shutdown();
    }
  }
  close();
}

std::optional<Result<smtp::Reply>> UpstreamConnection::parse() {
  Buffer& arrived = channel_.buffer();
  while (const std::optional<std::string_view> line = lines_.line(arrived)) {
    std::expected<std::optional<smtp::Reply>, std::string> taken = parser_.take(*line);
    lines_.consume(arrived, *line);
    if (!taken) {
      return break_with({Failure::Cause::protocol_violation, taken.error(), std::nullopt});
    }
    if (*taken) {
      // 421 announces the end of the connection, whatever it answers.
      broken_ = broken_ || (*taken)->code == 421;
      return **std::move(taken);
    }
  }
  if (lines_.too_long(arrived)) {
    return break_with(
        {Failure::Cause::protocol_violation, "its reply has a line without an end", std::nullopt});
  }
  return std::nullopt;
}

std::unexpected<Failure> UpstreamConnection::break_with(Failure failure) {
  broken_ = true;
  return std::unexpected(std::move(failure));
}

}  // namespace truerelay::relay
