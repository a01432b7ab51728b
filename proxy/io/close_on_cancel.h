#pragma once

#include "io/cancellation.h"
#include "io/stream.h"

namespace truerelay::io {

// While it lives, cancelling closes the stream, and what is under way on it fails with cancelled.
class CloseOnCancel final : public Cancellation::Link {
 public:
  CloseOnCancel(Cancellation& source, Stream& stream) : Link(source), stream_(&stream) {}

  // Another stream has taken its place, such as TLS over it.
  void watch(Stream& stream) { stream_ = &stream; }

 private:
  void cancelled() override { stream_->close(); }

  Stream* stream_;
};

}  // namespace truerelay::io
