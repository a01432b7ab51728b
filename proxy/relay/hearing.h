#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "digest/digest.h"
#include "io/channel.h"
#include "io/clock.h"
#include "relay/duplicates.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// Whether a client heard that its message was accepted (rule T7). A reply that was written may
// still be lost with the connection; what the client does next tells: whoever speaks on, or ends in
// good order, has heard it. Not so what lay there already when it was told: a client may send its
// next commands right behind the data (RFC 2920 section 3.1), and has heard nothing then. What was
// not heard is remembered, for the client will send it again.
class Hearing {
 public:
  // `window` is how long it is remembered.
  Hearing(Duplicates& duplicates, const io::Clock& clock, io::Duration window)
      : duplicates_(duplicates), clock_(clock), window_(window) {}

  // The client was told of the acceptance; `handed_on`: as far as can be known. `again`: it is one
  // that was remembered. So many octets of the client's lay unread.
  void told(const digest::Digest& message, const smtp::Reply& acceptance, bool handed_on,
            bool again, std::size_t unread) {
    told_ = Told{message, acceptance, again};
    unread_ = unread;
    if (!handed_on) {
      remember();
    }
  }

  // A command of so many octets is taken from what arrived.
  void took(std::size_t octets) {
    const bool sent_before = unread_ > 0;
    unread_ -= std::min(unread_, octets);
    if (!sent_before) {
      heard(io::Channel::Arrival::bytes);
    }
  }

  // What came from the client, or happened to it, after that.
  void heard(io::Channel::Arrival arrival) {
    const bool rest_of_a_line = arrival == io::Channel::Arrival::bytes && unread_ > 0;
    if (!told_ || rest_of_a_line) {
      return;
    }
    // Who did not hear it the first time may have left before it was told again, too.
    const bool left_again = told_->again && arrival == io::Channel::Arrival::end;
    if (arrival == io::Channel::Arrival::failed || left_again) {
      remember();
    } else {
      duplicates_.forget(told_->message);
      told_.reset();
    }
  }

 private:
  struct Told {
    digest::Digest message;
    smtp::Reply acceptance;
    bool again;
  };

  void remember() {
    duplicates_.remember(told_->message, std::move(told_->acceptance), clock_.now() + window_);
    told_.reset();
  }

  Duplicates& duplicates_;
  const io::Clock& clock_;
  io::Duration window_;
  std::size_t unread_ = 0;    // Of what was sent before it could be heard.
  std::optional<Told> told_;  // The last acceptance, until it is known whether it was heard.
};

}  // namespace truerelay::relay
