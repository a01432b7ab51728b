#include <string>

#include "auth/dialogues.h"

namespace truerelay::auth {
namespace {

// [authzid] NUL authcid NUL passwd, all in the first message.
class Plain final : public Dialogue {
 public:
  explicit Plain(const Credentials& credentials) {
    std::string message;
    message.reserve(credentials.user.size() + credentials.secret.reveal().size() + 2);
    message += '\0';
    message += credentials.user;
    message += '\0';
    message += credentials.secret.reveal();
    message_ = Redacted(std::move(message));
  }

  std::optional<Redacted> initial_response() override { return std::move(message_); }
  std::optional<Redacted> answer(std::string_view /*challenge*/) override { return std::nullopt; }

 private:
  Redacted message_;
};

// Asked for the user, then for the password. Servers word the questions differently, so that they
// are counted, not read; a third one is not answered.
class Login final : public Dialogue {
 public:
  explicit Login(const Credentials& credentials) : credentials_(credentials.copy()) {}

  std::optional<Redacted> initial_response() override { return std::nullopt; }
  std::optional<Redacted> answer(std::string_view /*challenge*/) override {
    switch (asked_++) {
      case 0:
        return Redacted(credentials_.user);
      case 1:
        return std::move(credentials_.secret);
      default:
        return std::nullopt;
    }
  }
  bool all_said() const override { return asked_ >= 2; }

 private:
  Credentials credentials_;
  unsigned asked_ = 0;
};

}  // namespace

std::unique_ptr<Dialogue> begin_plain(const Credentials& credentials) {
  return std::make_unique<Plain>(credentials);
}

std::unique_ptr<Dialogue> begin_login(const Credentials& credentials) {
  return std::make_unique<Login>(credentials);
}

}  // namespace truerelay::auth
