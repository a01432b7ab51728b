#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace truerelay {

// Bytes on their way through: appended at the end, consumed at the front.
//
// It owns its memory and gives it back whenever it becomes empty, so that an idle connection costs
// nothing. It does not bound itself: whoever appends keeps the bound.
// Views from readable() and writable() are good until the next call that is not const.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Buffer() = default;

  [[nodiscard]] std::string_view readable() const { return {memory_.get() + begin_, size()}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  // Room for at least `at_least` more bytes. Write there, then commit() what was written.
  [[nodiscard]] std::span<char> writable(std::size_t at_least);
  void commit(std::size_t count) { end_ += count; }

  void append(std::string_view bytes);

  // The first `count` bytes of `other` come here, where nothing is; the larger part of `other`
  // stays where it is in memory, and only the smaller one is copied.
  void take_front(Buffer& other, std::size_t count);

  // Keeps so much room before the bytes, for prepend(), in memory that is asked for from now on.
  void leave_front(std::size_t room) { front_ = room; }
  // Puts `bytes` before the first one. False: there is no room for them.
  [[nodiscard]] bool prepend(std::string_view bytes);

  // Drops the first `count` bytes; `count` is at most size().
  void consume(std::size_t count);
  void clear() { consume(size()); }
  // Overwrites all its memory, and gives it back: for bytes that are secret.
  void wipe() noexcept;

 private:
  void swap(Buffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(front_, other.front_);
  }

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t front_ = 0;
};

}  // namespace truerelay
