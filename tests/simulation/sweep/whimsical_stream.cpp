#include "tests/simulation/sweep/whimsical_stream.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace truerelay::simulation {

WhimsicalStream::WhimsicalStream(std::unique_ptr<io::Stream> inner, Whim whim,
                                 const WhimNotes& notes)
    : whim_(std::move(whim)), notes_(notes), inner_(std::move(inner)) {}

// --- From the relay to the upstream ---

bool WhimsicalStream::start(io::ReadOperation& operation) {
  if (covered_) {
    return inner_->start(operation);
  }
  reading_ = &operation;
  const bool done = go_on_reading();
  if (done) {
    reading_ = nullptr;
  }
  return done;
}

bool WhimsicalStream::go_on_reading() {
  while (true) {
    if (trouble_) {
      reading_->result = std::unexpected(*trouble_);
      return true;
    }
    if (left_) {
      reading_->result = 0;
      return true;
    }
    const std::size_t handed_on = hand_on(reading_->into, reading_->at_most);
    if (handed_on > 0) {
      reading_->result = handed_on;
      return true;
    }
    if (struck_) {
      if (!say(Saying::answer)) {
        return false;
      }
      continue;
    }
    more_.emplace(incoming_, kReadSize);
    more_->then([](void* self) { static_cast<WhimsicalStream*>(self)->more_was_read(); }, this);
    waits_for_more_ = !inner_->start(*more_);
    if (waits_for_more_) {
      return false;
    }
    if (!more_->result || *more_->result == 0) {
      reading_->result = std::move(more_->result);
      return true;
    }
  }
}

void WhimsicalStream::more_was_read() {
  waits_for_more_ = false;
  if (reading_ == nullptr) {
    return;  // It has left meanwhile.
  }
  const bool nothing = !more_->result || *more_->result == 0;
  if (nothing) {
    reading_->result = std::move(more_->result);
  }
  if (nothing || go_on_reading()) {
    end_read();
  }
}

// The last act: whoever goes on may destroy this stream.
void WhimsicalStream::end_read() { std::exchange(reading_, nullptr)->run(); }

std::size_t WhimsicalStream::hand_on(Buffer& into, std::size_t at_most) {
  std::size_t handed_on = 0;
  while (!struck_ && !incoming_.empty()) {
    const std::size_t count = mode_ == Mode::commands ? hand_on_command(into, at_most - handed_on)
                                                      : hand_on_content(into, at_most - handed_on);
    if (count == 0) {
      break;
    }
    handed_on += count;
  }
  return handed_on;
}

std::size_t WhimsicalStream::hand_on_command(Buffer& into, std::size_t at_most) {
  const std::string_view line = incoming_.readable().substr(0, incoming_.readable().find('\n') + 1);
  if (line.empty() || line.size() > at_most) {
    return 0;
  }
  const std::size_t size = line.size();
  ++commands_;
  struck_ = strikes_command();
  if (struck_) {
    // The octets behind a BDAT would be read as commands.
    leaving_ = whim_.kind == Whim::Kind::leave || line.starts_with("BDAT");
  } else {
    take_command(line);
    into.append(line);
  }
  incoming_.consume(size);
  return struck_ ? 0 : size;
}

bool WhimsicalStream::strikes_command() const {
  using enum Whim::Kind;
  return (whim_.kind == put_off || whim_.kind == leave || whim_.kind == garble) &&
         commands_ == whim_.at;
}

void WhimsicalStream::take_command(std::string_view line) {
  if (!line.starts_with("BDAT ")) {
    return;
  }
  last_chunk_ = line.find(" LAST") != std::string_view::npos;
  std::from_chars(line.data() + 5, line.data() + line.size(), chunk_left_);
  mode_ = Mode::chunk;
  if (chunk_left_ == 0) {
    end_content();
  }
}

std::size_t WhimsicalStream::hand_on_content(Buffer& into, std::size_t at_most) {
  std::string_view bytes = incoming_.readable().substr(0, at_most);
  const bool ends_here = whim_.kind == Whim::Kind::leave_in_body && octets_ < whim_.at;
  if (ends_here) {
    bytes = bytes.substr(0, whim_.at - octets_);
  }
  const std::size_t count =
      mode_ == Mode::data ? data_.take(bytes) : std::min(chunk_left_, bytes.size());
  into.append(bytes.substr(0, count));
  incoming_.consume(count);
  octets_ += count;
  chunk_left_ -= mode_ == Mode::chunk ? count : 0;
  if (mode_ == Mode::data ? data_.found() : chunk_left_ == 0) {
    end_content();
  }
  // Behind the end it would contradict the answer.
  struck_ = leaving_ = ends_here && octets_ == whim_.at && mode_ != Mode::commands;
  return count;
}

void WhimsicalStream::end_content() {
  const bool message = mode_ == Mode::data || last_chunk_;
  mode_ = Mode::commands;
  messages_ += message ? 1 : 0;
  answer_due_ = answer_due_ || message;
}

// --- From the upstream to the relay ---

bool WhimsicalStream::start(io::WriteOperation& operation) {
  if (covered_) {
    return inner_->start(operation);
  }
  note_replies(operation.bytes);
  if (std::exchange(answer_due_, false)) {
    if (whim_.kind == Whim::Kind::garble_end && messages_ == whim_.at) {
      writing_ = &operation;
      return say(Saying::end_of_message);
    }
    if (whim_.kind == Whim::Kind::leave_idle) {
      idle_.arm(notes_.world.now() + std::chrono::seconds(whim_.at));
    }
  }
  return inner_->start(operation);
}

void WhimsicalStream::idle_is_over() {
  const bool idle = waits_for_more_ && reading_ != nullptr && incoming_.empty() &&
                    mode_ == Mode::commands && saying_ == Saying::nothing;
  if (idle && say(Saying::farewell)) {
    end_read();
  }
}

bool WhimsicalStream::say(Saying what) {
  saying_ = what;
  if (what != Saying::end_of_message) {
    note_replies(whim_.words);
  }
  count(whim_, notes_.census);
  words_.emplace(whim_.words);
  words_->then([](void* self) { static_cast<WhimsicalStream*>(self)->words_were_said(); }, this);
  const bool done = whim_.words.empty() || inner_->start(*words_);
  if (done) {
    note_words_said();
  }
  return done;
}

void WhimsicalStream::words_were_said() {
  const Saying said = saying_;
  note_words_said();
  if (said == Saying::end_of_message) {
    std::exchange(writing_, nullptr)->run();
  } else if (reading_ != nullptr && (said == Saying::farewell || go_on_reading())) {
    end_read();
  }
}

void WhimsicalStream::note_words_said() {
  whim_.kind = Whim::Kind::none;
  if (!words_->result) {
    trouble_ = words_->result.error();
  }
  switch (std::exchange(saying_, Saying::nothing)) {
    case Saying::end_of_message:
      writing_->result = words_->result;
      return;
    case Saying::farewell:
      leaving_ = true;
      reading_->result = 0;
      break;
    default:
      break;
  }
  struck_ = false;
  if (leaving_ && !trouble_) {
    inner_->shutdown();
  }
  left_ = left_ || leaving_;
}

// A refusal is told to the book; behind a 354 the data comes.
void WhimsicalStream::note_replies(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
    std::string_view line = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (line.starts_with("354") && bytes.empty()) {
      mode_ = Mode::data;
      data_ = {};
    }
    if ((line[0] != '4' && line[0] != '5') || line.size() < 6 || !line.ends_with("\r\n")) {
      continue;
    }
    refusal_ += refusal_.empty() ? line.substr(0, 4) : std::string_view(" / ");
    refusal_ += line.substr(4, line.size() - 6);
    if (line[3] == ' ') {
      refusal_[3] = ' ';
      notes_.book.note_refusal(std::exchange(refusal_, {}));
    }
  }
}

// --- TLS ---

io::Task<io::Result<io::SecuredStream>> WhimsicalTls::secure(std::unique_ptr<io::Stream> plain) {
  static_cast<WhimsicalStream&>(*plain).cover();
  io::Result<io::SecuredStream> secured = co_await tls_.secure(std::move(plain));
  if (secured) {
    secured->stream = std::make_unique<WhimsicalStream>(std::move(secured->stream), whim_, notes_);
  }
  co_return secured;
}

}  // namespace truerelay::simulation
