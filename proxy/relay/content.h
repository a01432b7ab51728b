#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "io/scratch.h"
#include "io/task.h"
#include "relay/replay_memory.h"

namespace truerelay::relay {

// The content of one message between the client and the upstream: what is still to be sent, and,
// as long as there is room for it, all of it from the beginning, so that it can be sent again over
// another connection (rule T4).
//
// The beginning is kept in memory, up to `most` octets and what all messages together may keep;
// what is more goes to a scratch file where there is a maker of them, and else nothing is kept.
class Content {
 public:
  // The room for a BDAT line that bytes need in front of them to be sent without a copy.
  static constexpr std::size_t kLongestLine = 48;

  Content(ReplayMemory& memory, std::uint64_t most, io::ScratchMaker* scratch)
      : memory_(memory), most_(most), scratch_maker_(scratch) {
    buffer_.leave_front(kLongestLine);
  }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;
  ~Content() { memory_.give_back(kept_); }

  // Where new content is appended; then keep() is awaited.
  [[nodiscard]] Buffer& incoming() { return buffer_; }
  io::Task<void> keep();

  // What is to be sent next; good until sent() or the next call of a function that is not const.
  [[nodiscard]] std::string_view unsent() const { return buffer_.readable().substr(sent_); }
  void sent(std::size_t octets);

  // The first `octets` that are unsent with `line` before them, without a copy of them where that
  // can be; good until take_line_off(), which follows it.
  [[nodiscard]] std::optional<std::string_view> with_line(std::string_view line,
                                                          std::size_t octets);
  void take_line_off(std::string_view line) { buffer_.consume(line.size()); }

  // Nothing of it is gone.
  [[nodiscard]] bool whole() const { return !dropped_ || scratch_ != nullptr; }
  // From the beginning again: unsent() begins there. Only while whole().
  void rewind();
  // Where the beginning was left to the scratch file: brings the next part of it back. False: it
  // cannot be read; then it is not whole() any more.
  io::Task<bool> bring_back();
  // There is something to bring_back().
  [[nodiscard]] bool in_scratch() const { return scratch_ && brought_back_ < scratch_->size(); }

 private:
  io::Task<void> leave_memory();
  io::Task<void> put_in_scratch();
  void drop_what_was_sent();

  ReplayMemory& memory_;
  std::uint64_t most_;
  io::ScratchMaker* scratch_maker_;
  std::unique_ptr<io::Scratch> scratch_;
  Buffer buffer_;
  std::size_t sent_ = 0;            // Of the buffer.
  std::size_t in_order_ = 0;        // Of the buffer: keep() has seen it.
  std::uint64_t kept_ = 0;          // Taken of memory_.
  std::uint64_t brought_back_ = 0;  // Of the scratch file.
  bool keeping_ = true;
  bool dropped_ = false;  // The buffer begins behind the beginning.
};

}  // namespace truerelay::relay
