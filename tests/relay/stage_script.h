#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace truerelay::relay {

// What a staged upstream does when it hears a command: "RCPT", or a whole line for that line only.
// Also "greeting", "." for the end of the data, and "LAST" for the last chunk. Line ends are added
// to what it says; "a\nb" are two lines.
class StageScript {
 public:
  enum class What { say, fall_silent, hang_up };
  struct Act {
    What what = What::say;
    std::string say{};
  };

  void answer(const std::string& command, std::string reply) {
    acts_[command].always = {What::say, std::move(reply)};
  }
  // From this command on it says nothing more on that connection.
  void fall_silent_at(const std::string& command) {
    acts_[command].always = {What::fall_silent, ""};
  }
  void hang_up_at(const std::string& command) { acts_[command].always = {What::hang_up, ""}; }

  // Likewise, the next time that the command comes; several of these take place one after another.
  void answer_once(const std::string& command, std::string reply) {
    acts_[command].once.push_back({What::say, std::move(reply)});
  }
  void hang_up_once_at(const std::string& command) {
    acts_[command].once.push_back({What::hang_up, ""});
  }

  // Hangs up when so much of a message has come.
  void hang_up_in_message_at(std::size_t octets) { most_of_message = octets; }
  std::optional<std::size_t> most_of_message;

  // What is to be done; nullopt where nothing was staged.
  [[nodiscard]] std::optional<Act> act(const std::string& line, const std::string& verb) {
    for (const std::string& command : {line, verb}) {
      const auto staged = acts_.find(command);
      if (staged == acts_.end()) {
        continue;
      }
      std::deque<Act>& once = staged->second.once;
      if (!once.empty()) {
        const Act next = once.front();
        once.pop_front();
        return next;
      }
      if (staged->second.always) {
        return staged->second.always;
      }
    }
    return std::nullopt;
  }

 private:
  struct Acts {
    std::deque<Act> once;
    std::optional<Act> always;
  };
  std::map<std::string, Acts> acts_;
};

}  // namespace truerelay::relay
