#include "tests/simulation/sweep/upstream_book.h"

#include "tests/simulation/sweep/wire_book.h"

namespace truerelay::simulation {

class UpstreamBook::Sink final : public sandbox::MessageSink {
 public:
  explicit Sink(std::string& content) : content_(content) {}
  bool take(std::string_view bytes) override {
    content_ += bytes;
    return true;
  }
  bool keep() override { return true; }

 private:
  std::string& content_;
};

Done UpstreamBook::find(const std::string& sender) const {
  const auto found = done_.find(sender);
  return found == done_.end() ? Done{} : found->second;
}

void UpstreamBook::sender(const sandbox::Envelope& envelope, const smtp::Reply& reply) {
  spoken_to_ = true;
  done_[envelope.mail.reverse_path.text()].sender.push_back(reply);
}

void UpstreamBook::recipient(const sandbox::Envelope& envelope) {
  const sandbox::RecipientAnswer& last = envelope.recipients.back();
  const std::string recipient = as_in_letter(last.recipient.forward_path.text());
  done_[envelope.mail.reverse_path.text()].recipients[recipient].push_back(last.reply);
}

std::unique_ptr<sandbox::MessageSink> UpstreamBook::content(const sandbox::Envelope& envelope) {
  std::string& content = contents_[{envelope.connection, envelope.transaction}];
  content.clear();
  return std::make_unique<Sink>(content);
}

void UpstreamBook::accepted(const sandbox::Envelope& envelope, const sandbox::Content& /*content*/,
                            const smtp::Reply& reply) {
  Accepted message;
  message.upstream = upstream_;
  message.user = envelope.user;
  message.reply = reply;
  for (const sandbox::RecipientAnswer& answer : envelope.recipients) {
    if (answer.reply.completion()) {
      message.recipients.push_back(as_in_letter(answer.recipient.forward_path.text()));
    }
  }
  message.content = std::move(contents_[{envelope.connection, envelope.transaction}]);
  done_[envelope.mail.reverse_path.text()].accepted.push_back(std::move(message));
}

void UpstreamBook::refused(const sandbox::Envelope& envelope, const sandbox::Content& /*content*/,
                           const smtp::Reply& reply) {
  done_[envelope.mail.reverse_path.text()].refused.push_back(reply);
}

}  // namespace truerelay::simulation
