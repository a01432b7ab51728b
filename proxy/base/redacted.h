#pragma once

#include <span>
#include <string>
#include <string_view>

namespace truerelay {

// A secret that cannot be printed by accident: no stream operator, no formatter, no conversion to
// a string. reveal() is the one way to the value and easy to find in a review.
// It lies in locked memory (SecretMemory), which is wiped when the secret goes; copies are not made
// (move only).
class Redacted {
 public:
  Redacted() = default;
  // What was handed in is wiped.
  explicit Redacted(std::string secret);
  Redacted(Redacted&& other) noexcept;
  Redacted& operator=(Redacted&& other) noexcept;
  Redacted(const Redacted&) = delete;
  Redacted& operator=(const Redacted&) = delete;
  ~Redacted() { wipe(); }

  // Stays where it is until the secret goes or is moved from. Never a null pointer, for C libraries
  // take none, not even with a length of 0.
  [[nodiscard]] std::string_view reveal() const {
    return empty() ? std::string_view("") : std::string_view(secret_.data(), secret_.size());
  }
  [[nodiscard]] bool empty() const { return secret_.empty(); }

 private:
  void wipe() noexcept;

  std::span<char> secret_;
};

// Overwrites what `text` holds, in a way that the compiler may not leave out, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace truerelay
