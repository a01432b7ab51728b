#pragma once

#include <expected>
#include <string>

#include "base/redacted.h"
#include "io/task.h"

namespace truerelay::auth {

// Who may log in at a listener: users of truerelay's own, who have nothing to do with those of an
// upstream.
class LocalUsers {
 public:
  virtual ~LocalUsers() = default;

  // Whether there is such a user and this is the password; both answers take as long. The error is
  // a sentence: nobody can be checked just now.
  virtual io::Task<std::expected<bool, std::string>> check(std::string user, Redacted password) = 0;
};

}  // namespace truerelay::auth
