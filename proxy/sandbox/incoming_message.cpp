#include "sandbox/incoming_message.h"

#include <utility>

namespace truerelay::sandbox {
namespace {

constexpr std::uint64_t kFnvBasis = 0xCBF29CE484222325U;
constexpr std::uint64_t kFnvPrime = 0x00000100000001B3U;

smtp::Reply storage_failed() { return {452, "4.3.1 The sandbox cannot store the message"}; }

}  // namespace

IncomingMessage::IncomingMessage(std::unique_ptr<MessageSink> sink, const Settings& settings,
                                 Form form)
    : sink_(std::move(sink)), settings_(settings) {
  content_.hash = kFnvBasis;
  content_.chunked = form == Form::chunked;
}

void IncomingMessage::take(std::string_view bytes) {
  for (const char byte : bytes) {
    content_.hash = (content_.hash ^ static_cast<unsigned char>(byte)) * kFnvPrime;
  }
  content_.size += bytes.size();
  if (content_.chunked && settings_.strict_line_ends) {
    check_line_ends(bytes);
  }
  if (content_.size > settings_.largest_message) {
    refuse({552, "5.3.4 Message size exceeds fixed limit"});
  }
  if (!refusal_ && !sink_->take(bytes)) {
    refuse(storage_failed());
  }
}

// RFC 3030 section 2 keeps RFC 5321's lines for everything but BINARYMIME. After DATA the decoder
// looks after them.
void IncomingMessage::check_line_ends(std::string_view bytes) {
  for (const char byte : bytes) {
    if (after_cr_ != (byte == '\n') || byte == '\0') {
      refuse({554, "5.6.0 The message holds a bare CR, a bare LF or a NUL"});
      return;
    }
    after_cr_ = byte == '\r';
  }
}

void IncomingMessage::refuse(smtp::Reply reason) {
  if (!refusal_) {
    refusal_ = std::move(reason);
    sink_.reset();
  }
}

void IncomingMessage::keep() {
  if (after_cr_) {
    refuse({554, "5.6.0 The message ends with a bare CR"});
  }
  if (!refusal_ && !sink_->keep()) {
    refuse(storage_failed());
  }
}

}  // namespace truerelay::sandbox
