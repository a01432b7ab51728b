#include "relay/content.h"

#include <expected>
#include <string>
#include <utility>

namespace truerelay::relay {
namespace {

constexpr std::size_t kPart = std::size_t{64} * 1024;

}  // namespace

io::Task<void> Content::keep() {
  if (keeping_ && scratch_) {
    co_await put_in_scratch();
  } else if (keeping_) {
    const std::uint64_t more = buffer_.size() - in_order_;
    if (buffer_.size() <= most_ && memory_.take(more)) {
      kept_ += more;
    } else {
      co_await leave_memory();
    }
  }
  in_order_ = buffer_.size();
}

// There is no room for all of it: the scratch file takes it, or nobody.
io::Task<void> Content::leave_memory() {
  keeping_ = false;
  if (scratch_maker_ != nullptr) {
    std::expected<std::unique_ptr<io::Scratch>, std::string> made = scratch_maker_->make();
    if (made) {
      keeping_ = true;
      scratch_ = *std::move(made);
      in_order_ = 0;
      co_await put_in_scratch();
    }
  }
  memory_.give_back(std::exchange(kept_, 0));
  drop_what_was_sent();
}

io::Task<void> Content::put_in_scratch() {
  const std::string_view fresh = buffer_.readable().substr(in_order_);
  if (fresh.empty()) {
    co_return;
  }
  std::expected<void, std::string> put = co_await scratch_->append(fresh);
  brought_back_ = scratch_->size();
  if (!put) {
    keeping_ = false;
    scratch_.reset();
  }
}

void Content::sent(std::size_t octets) {
  sent_ += octets;
  if (!keeping_ || scratch_) {
    drop_what_was_sent();
  }
}

std::optional<std::string_view> Content::with_line(std::string_view line, std::size_t octets) {
  if (sent_ > 0 || buffer_.empty() || !buffer_.prepend(line)) {
    return std::nullopt;
  }
  return buffer_.readable().substr(0, line.size() + octets);
}

void Content::drop_what_was_sent() {
  dropped_ = dropped_ || sent_ > 0;
  buffer_.consume(sent_);
  in_order_ -= sent_ < in_order_ ? sent_ : in_order_;
  sent_ = 0;
}

void Content::rewind() {
  sent_ = 0;
  if (scratch_) {
    buffer_.clear();
    dropped_ = true;
    in_order_ = 0;
    brought_back_ = 0;
  }
}

io::Task<bool> Content::bring_back() {
  std::expected<std::size_t, std::string> read =
      co_await scratch_->read(brought_back_, buffer_, kPart);
  if (!read || *read == 0) {
    keeping_ = false;
    scratch_.reset();
    co_return false;
  }
  brought_back_ += *read;
  in_order_ = buffer_.size();
  co_return true;
}

}  // namespace truerelay::relay
