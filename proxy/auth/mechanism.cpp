#include "auth/mechanism.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>

#include "auth/dialogues.h"

namespace truerelay::auth {
namespace {

bool offers(const std::vector<std::string>& offered, std::string_view mechanism) {
  return std::ranges::find(offered, mechanism) != offered.end();
}

std::span<const std::string_view> candidates(Choice choice, Credentials::Kind kind) {
  static constexpr std::array<std::string_view, 2> kPassword = {"PLAIN", "LOGIN"};
  static constexpr std::array<std::string_view, 2> kToken = {"XOAUTH2", "OAUTHBEARER"};
  switch (choice) {
    case Choice::none:
      return {};
    case Choice::plain:
      return std::span(kPassword).first(1);
    case Choice::login:
      return std::span(kPassword).last(1);
    case Choice::xoauth2:
      return std::span(kToken).first(1);
    case Choice::oauthbearer:
      return std::span(kToken).last(1);
    case Choice::passthrough:
      return kPassword;
    case Choice::automatic:
      return kind == Credentials::Kind::password ? kPassword : kToken;
  }
  return {};
}

}  // namespace

std::optional<std::string_view> pick_mechanism(Choice choice, Credentials::Kind kind,
                                               const std::vector<std::string>& offered) {
  for (const std::string_view mechanism : candidates(choice, kind)) {
    if (offers(offered, mechanism)) {
      return mechanism;
    }
  }
  return std::nullopt;
}

std::unique_ptr<Dialogue> begin_dialogue(std::string_view mechanism, const Credentials& credentials,
                                         std::string_view host, unsigned port) {
  if (mechanism == "PLAIN") {
    return begin_plain(credentials);
  }
  if (mechanism == "LOGIN") {
    return begin_login(credentials);
  }
  if (mechanism == "XOAUTH2") {
    return begin_xoauth2(credentials);
  }
  assert(mechanism == "OAUTHBEARER");
  return begin_oauthbearer(credentials, host, port);
}

}  // namespace truerelay::auth
