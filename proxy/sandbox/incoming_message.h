#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "sandbox/ledger.h"
#include "sandbox/settings.h"
#include "smtp/reply.h"

namespace truerelay::sandbox {

// The content of one message while it comes: counted and hashed whole, handed on to its sink for as
// long as nothing speaks against it. Holds no content itself.
class IncomingMessage {
 public:
  enum class Form { dotted, chunked };  // DATA or BDAT

  // `settings` outlives the message.
  IncomingMessage(std::unique_ptr<MessageSink> sink, const Settings& settings, Form form);

  // The next bytes of the message, decoded.
  void take(std::string_view bytes);
  // The first reason stays; the sink is let go.
  void refuse(smtp::Reply reason);
  // All bytes were taken. Afterwards the message is kept, or refusal() says why not.
  void keep();

  [[nodiscard]] const std::optional<smtp::Reply>& refusal() const { return refusal_; }
  [[nodiscard]] const Content& content() const { return content_; }
  // Too large a message is taken to its end and then refused. This is where patience ends with one
  // that goes on and on; `octets` counts those on the wire.
  [[nodiscard]] bool endless(std::uint64_t octets) const {
    return octets / 2 > settings_.largest_message;
  }

  // An order wants the answer before the end: true from take() on that has seen enough.
  void answer_early() { early_ = true; }
  [[nodiscard]] bool early_answer_due() const { return early_ && content_.size >= kEarly; }
  void early_answer_given() { early_ = false; }

 private:
  static constexpr std::uint64_t kEarly = 1024;  // More than a header, less than most bodies.

  void check_line_ends(std::string_view bytes);

  std::unique_ptr<MessageSink> sink_;
  const Settings& settings_;
  Content content_;
  std::optional<smtp::Reply> refusal_;
  bool early_ = false;
  bool after_cr_ = false;
};

}  // namespace truerelay::sandbox
