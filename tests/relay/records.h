#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "observe/events.h"

namespace truerelay::relay {

// Keeps every event in memory.
class Records final : public observe::Events {
 public:
  struct Note {
    observe::Level level;
    std::string upstream;
    std::string text;
  };

  std::vector<observe::MessageRecord> messages;
  std::vector<observe::SessionRecord> sessions;
  std::vector<Note> notes;

  void message(const observe::MessageRecord& record) override { messages.push_back(record); }
  void session_failed(const observe::SessionRecord& record) override { sessions.push_back(record); }
  void note(observe::Level level, std::string_view upstream, std::string_view text) override {
    notes.push_back({level, std::string(upstream), std::string(text)});
  }

  // Every text of every record, to look for what must not be there.
  [[nodiscard]] std::string everything() const {
    std::string all;
    const auto add = [&all](const std::string& text) { all += text + "\n"; };
    for (const observe::MessageRecord& message : messages) {
      for (const std::string* text :
           {&message.session, &message.listener, &message.client, &message.helo,
            &message.client_user, &message.sender, &message.upstream, &message.upstream_address,
            &message.tls, &message.user, &message.final_reply}) {
        add(*text);
      }
      for (const observe::RecipientRecord& recipient : message.recipients) {
        add(recipient.address);
        add(recipient.reply);
      }
    }
    for (const observe::SessionRecord& session : sessions) {
      add(session.session + session.listener + session.client + session.helo);
      add(session.reason);
    }
    for (const Note& note : notes) {
      add(note.upstream + note.text);
    }
    return all;
  }
};

}  // namespace truerelay::relay
