#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/credentials.h"
#include "auth/mechanism.h"

namespace truerelay::auth {

inline Credentials credentials_of(std::string user, std::string secret) {
  Credentials credentials;
  credentials.user = std::move(user);
  credentials.secret = Redacted(std::move(secret));
  return credentials;
}

inline std::unique_ptr<Dialogue> dialogue(std::string_view mechanism, std::string user,
                                          std::string secret) {
  return begin_dialogue(mechanism, credentials_of(std::move(user), std::move(secret)),
                        "smtp.office365.com", 587);
}

// What was revealed, or nullopt.
inline std::optional<std::string> text_of(const std::optional<Redacted>& secret) {
  return secret ? std::optional(std::string(secret->reveal())) : std::nullopt;
}

// Text with the NULs that a literal holds.
template <std::size_t size>
std::string bytes(const char (&literal)[size]) {
  return std::string(literal, size - 1);
}

}  // namespace truerelay::auth
