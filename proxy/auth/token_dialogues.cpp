#include <fmt/core.h>

#include <string>

#include "auth/dialogues.h"

namespace truerelay::auth {
namespace {

// Both OAuth mechanisms send one message with the token. A server that refuses it may say why in a
// challenge (JSON); the client answers with nothing (XOAUTH2) or with one 0x01 (OAUTHBEARER) and
// hears the refusal. More than one challenge is not answered.
class TokenDialogue final : public Dialogue {
 public:
  TokenDialogue(std::string message, std::string_view acknowledgement)
      : message_(std::move(message)), acknowledgement_(acknowledgement) {}

  std::optional<Redacted> initial_response() override { return std::move(message_); }
  std::optional<Redacted> answer(std::string_view /*challenge*/) override {
    if (acknowledged_) {
      return std::nullopt;
    }
    acknowledged_ = true;
    return Redacted(std::string(acknowledgement_));
  }

 private:
  Redacted message_;
  std::string_view acknowledgement_;
  bool acknowledged_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> begin_xoauth2(const Credentials& credentials) {
  return std::make_unique<TokenDialogue>(fmt::format("user={}\x01"
                                                     "auth=Bearer {}\x01\x01",
                                                     credentials.user, credentials.secret.reveal()),
                                         "");
}

std::unique_ptr<Dialogue> begin_oauthbearer(const Credentials& credentials, std::string_view host,
                                            unsigned port) {
  // In the GS2 header "," and "=" of the user stand as =2C and =3D (RFC 5801 section 4).
  std::string user;
  for (const char c : credentials.user) {
    user += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
  }
  return std::make_unique<TokenDialogue>(fmt::format("n,a={},\x01host={}\x01port={}\x01"
                                                     "auth=Bearer {}\x01\x01",
                                                     user, host, port, credentials.secret.reveal()),
                                         "\x01");
}

}  // namespace truerelay::auth
