#pragma once

#include <expected>
#include <string>

#include "base/redacted.h"
#include "io/task.h"

namespace truerelay::oauth {

// Where secrets are kept over restarts. Names are those of the configuration. It may take as long
// as a disk takes.
class SecretStore {
 public:
  virtual ~SecretStore() = default;

  // What stands there now. An error is a sentence: there is no such secret, or the store is shut.
  [[nodiscard]] virtual io::Task<std::expected<Redacted, std::string>> get(std::string name) = 0;

  // Puts `secret` in the place of what stands there; when it is done, it outlives a loss of power.
  // An error is a sentence, and what stood there before stands there still.
  [[nodiscard]] virtual io::Task<std::expected<void, std::string>> put(std::string name,
                                                                       Redacted secret) = 0;
};

}  // namespace truerelay::oauth
