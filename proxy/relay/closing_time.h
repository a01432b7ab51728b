#pragma once

#include <string>

#include "io/cancellation.h"
#include "relay/own_replies.h"
#include "relay/services.h"
#include "smtp/reply.h"

namespace truerelay::relay {

// Whether a session may begin another transaction, and how it ends where it may not. A transaction
// that has begun gets its true answer first.
class ClosingTime {
 public:
  // `retired`: other settings have taken the place of the session's own.
  ClosingTime(const Services& services, const io::Cancellation& retired)
      : services_(services), retired_(retired) {}

  [[nodiscard]] bool has_come() const { return stopping() || retired_.requested(); }
  [[nodiscard]] smtp::Reply last_word() const {
    return stopping() ? own::stopping() : own::settings_changed();
  }
  [[nodiscard]] std::string reason() const {
    return stopping() ? "truerelay is being stopped" : "the settings have changed";
  }

 private:
  [[nodiscard]] bool stopping() const {
    return services_.stopping.requested() || services_.stopped.requested();
  }

  const Services& services_;
  const io::Cancellation& retired_;
};

}  // namespace truerelay::relay
