#pragma once

#include <string>
#include <vector>

#include "io/clock.h"
#include "observe/events.h"

namespace truerelay::simulation {

// What the relay wrote down.
class RelayBook final : public observe::Events {
 public:
  explicit RelayBook(const io::Clock& clock) : clock_(clock) {}

  [[nodiscard]] std::vector<observe::MessageRecord> find(const std::string& sender) const;
  // A record of that letter was closed at about that time.
  [[nodiscard]] bool closed_about(const std::string& sender, io::Time time) const;

  void message(const observe::MessageRecord& record) override {
    messages_.push_back({record, clock_.now()});
  }
  void session_failed(const observe::SessionRecord& /*record*/) override {}
  void note(observe::Level /*level*/, std::string_view /*upstream*/,
            std::string_view /*text*/) override {}

 private:
  struct Closed {
    observe::MessageRecord record;
    io::Time at;
  };
  const io::Clock& clock_;
  std::vector<Closed> messages_;
};

}  // namespace truerelay::simulation
