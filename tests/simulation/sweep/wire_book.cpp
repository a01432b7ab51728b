#include "tests/simulation/sweep/wire_book.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "tests/simulation/sweep/end_of_data.h"
#include "tests/simulation/sweep/letter.h"
#include "tests/simulation/sweep/line_ends.h"

namespace truerelay::simulation {
namespace {

// As long as kThrottledAtFirst, so that nothing else moves.
constexpr std::string_view kThrottled = "throttle";
static_assert(kThrottled.size() == kThrottledAtFirst.size());

std::string path_in(std::string_view line) {
  const std::size_t begin = line.find('<') + 1;
  return std::string(line.substr(begin, line.find('>') - begin));
}

}  // namespace

class WireBook::Wire final : public Watch {
 public:
  Wire(WireBook& book, bool first, std::string name)
      : book_(book), first_(first), name_(std::move(name)) {
    due_.push_back(Due::other);
  }

  std::string writes(std::string_view bytes) override {
    const bool commands = mode_ == Mode::commands;
    std::string_view rest = bytes;
    while (!rest.empty()) {
      switch (mode_) {
        case Mode::commands:
          take_command(rest);
          break;
        case Mode::data:
          take_data(rest);
          break;
        case Mode::chunk:
          take_chunk(rest);
          break;
      }
    }
    std::string out(bytes);
    if (commands && book_.throttled_[sender_] < book_.throttled_at_first) {
      const std::string wanted = "RCPT TO:<" + std::string(kThrottledAtFirst) + "@";
      for (std::size_t at = 0; (at = out.find(wanted, at)) != std::string::npos;) {
        out.replace(at + 9, kThrottled.size(), kThrottled);
      }
    }
    trace("says", out);
    return out;
  }

  void written(bool all) override {
    if (ended_) {
      end().whole = all;
      end().at = book_.clock_.now();
    }
    ended_ = false;
  }

  void reads(std::string_view bytes) override {
    trace("hears", bytes);
    while (!bytes.empty() && !senseless_) {
      const std::size_t size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
      line_read_ += bytes.substr(0, size);
      bytes.remove_prefix(size);
      if (line_read_.ends_with('\n')) {
        take_reply_line();
        line_read_.clear();
      }
    }
  }

  void carried(std::size_t written, std::size_t read) override {
    if (first_) {
      book_.first_.to_server += written;
      book_.first_.to_client += read;
    }
  }

 private:
  enum class Mode { commands, data, chunk };
  // What the next replies answer.
  enum class Due { other, data, part, message };

  void trace(std::string_view verb, std::string_view bytes) {
    constexpr std::size_t kLongest = 300;
    if (book_.trace != nullptr) {
      book_.trace->note(name_, std::string(verb) + ": \"" + printable(bytes, kLongest) + "\"");
    }
  }

  HandedOn& end() { return book_.ends_[sender_].at(end_); }

  void look_at_line_ends(std::string_view content) {
    if (!line_ends_.take(content)) {
      book_.bare_line_ends_.insert(sender_);
    }
  }

  void take_command(std::string_view& rest) {
    const std::size_t size = rest.find('\n');
    line_ += rest.substr(0, size == std::string_view::npos ? rest.size() : size + 1);
    rest.remove_prefix(size == std::string_view::npos ? rest.size() : size + 1);
    if (!line_.ends_with('\n')) {
      return;
    }
    Due due = Due::other;
    if (line_.starts_with("MAIL ")) {
      sender_ = path_in(line_);
      forget_message();
    } else if (line_.starts_with("DATA")) {
      due = Due::data;
    } else if (line_.starts_with("BDAT ")) {
      last_ = line_.find(" LAST") != std::string::npos;
      std::from_chars(line_.data() + 5, line_.data() + line_.size(), left_);
      due = last_ ? Due::message : Due::part;
      mode_ = Mode::chunk;
    }
    due_.push_back(due);
    line_.clear();
    if (mode_ == Mode::chunk && left_ == 0) {
      end_chunk();
    }
  }

  void take_data(std::string_view& rest) {
    const std::size_t taken = data_.take(rest);
    look_at_line_ends(rest.substr(0, taken));
    rest.remove_prefix(taken);
    if (data_.found()) {
      mode_ = Mode::commands;
      end_message();
    }
  }

  void take_chunk(std::string_view& rest) {
    const std::size_t taken = std::min(left_, rest.size());
    look_at_line_ends(rest.substr(0, taken));
    rest.remove_prefix(taken);
    left_ -= taken;
    if (left_ == 0) {
      end_chunk();
    }
  }

  void end_chunk() {
    mode_ = Mode::commands;
    if (last_) {
      end_message();
    }
  }

  void end_message() {
    std::vector<HandedOn>& ends = book_.ends_[sender_];
    if (!line_ends_.whole()) {
      book_.bare_line_ends_.insert(sender_);
    }
    end_ = ends.size();
    ends.push_back({.whole = false, .at = {}, .answered = early_code_ != 0, .code = early_code_});
    ended_ = has_end_ = true;
  }

  void forget_message() {
    has_end_ = false;
    early_code_ = 0;
    line_ends_ = {};
  }

  // What makes no sense is no answer, and nothing behind it is (RFC 5321 section 4.2).
  void take_reply_line() {
    const auto digit = [this](std::size_t at) {
      return line_read_[at] >= '0' && line_read_[at] <= '9';
    };
    const bool shaped = line_read_.size() >= 5 && line_read_.ends_with("\r\n") &&
                        line_read_[0] >= '2' && line_read_[0] <= '5' && digit(1) && digit(2) &&
                        (line_read_.size() == 5 || line_read_[3] == ' ' || line_read_[3] == '-');
    senseless_ = !shaped || (!reply_.empty() && !line_read_.starts_with(reply_));
    if (senseless_) {
      return;
    }
    reply_ = line_read_.substr(0, 3);
    if (line_read_[3] != '-') {
      take_reply();
      reply_.clear();
    }
  }

  void take_reply() {
    if (due_.empty()) {
      return;  // Nobody asked for it.
    }
    const Due due = due_.front();
    due_.pop_front();
    int code = 0;
    std::from_chars(reply_.data(), reply_.data() + reply_.size(), code);
    if (due == Due::data && code == 354) {
      mode_ = Mode::data;
      data_ = {};
      due_.push_front(Due::message);
    } else if (due == Due::message || (due == Due::part && code / 100 != 2)) {
      answered(code);
    }
  }

  // An answer to the message: to its end, or a refusal before that.
  void answered(int code) {
    book_.throttled_[sender_] += code == 432 ? 1 : 0;
    if (!has_end_) {
      early_code_ = code;
    } else {
      end().answered = true;
      end().code = code;
    }
  }

  WireBook& book_;
  const bool first_;
  const std::string name_;  // In the trace.
  Mode mode_ = Mode::commands;
  std::deque<Due> due_;
  std::string line_;
  std::string line_read_;
  std::string reply_;       // The code, between the lines of a reply.
  bool senseless_ = false;  // What came was no reply.
  EndOfData data_;
  LineEnds line_ends_;  // In the content, whatever chunks it comes in.
  std::string sender_;
  std::size_t left_ = 0;  // Of the chunk.
  bool last_ = false;     // The chunk is.
  bool ended_ = false;    // The write under way has the end of a message.
  bool has_end_ = false;  // The message has an end, which is that one:
  std::size_t end_ = 0;   // in the book.
  int early_code_ = 0;
};

const std::vector<HandedOn>& WireBook::ends(const std::string& sender) const {
  static const std::vector<HandedOn> kNone;
  const auto found = ends_.find(sender);
  return found == ends_.end() ? kNone : found->second;
}

std::shared_ptr<Watch> WireBook::connected(const io::Endpoint& endpoint) {
  ++connections_;
  return std::make_shared<Wire>(
      *this, connections_ == 1,
      trace == nullptr ? std::string()
                       : "relay to " + endpoint.host + " (" + std::to_string(connections_) + ")");
}

std::string as_in_letter(std::string forward_path) {
  const std::string mark = std::string(kThrottled) + "@once.";
  return forward_path.starts_with(mark)
             ? std::string(kThrottledAtFirst) + forward_path.substr(kThrottled.size())
             : forward_path;
}

}  // namespace truerelay::simulation
