#pragma once

#include <expected>
#include <memory>
#include <string>

#include "base/redacted.h"
#include "io/cancellation.h"
#include "io/clock.h"
#include "io/task.h"

namespace truerelay::oauth {

// Why there is no secret: a sentence, and whether none stands there. Otherwise the store is shut.
struct NoSecret {
  bool missing = false;
  std::string sentence{};
};

// The exclusive right to have a secret renewed, for as long as it lives: of all processes that
// share the store, and of all holders in one process, one at a time has it. It ends with its
// process.
class Reservation {
 public:
  Reservation() = default;
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  virtual ~Reservation() = default;
};

// Where secrets are kept over restarts. Names are those of the configuration. It may take as long
// as a disk takes.
class SecretStore {
 public:
  virtual ~SecretStore() = default;

  // What stands there now.
  [[nodiscard]] virtual io::Task<std::expected<Redacted, NoSecret>> get(std::string name) = 0;

  // Puts `secret` in the place of what stands there; when it is done, it outlives a loss of power.
  // An error is a sentence, and what stood there before stands there still.
  [[nodiscard]] virtual io::Task<std::expected<void, std::string>> put(std::string name,
                                                                       Redacted secret) = 0;

  // The same where `old` stands there still. Where anything else stands there, or nothing, that is
  // left as it is: false.
  [[nodiscard]] virtual io::Task<std::expected<bool, std::string>> replace(std::string name,
                                                                           Redacted old,
                                                                           Redacted secret) = 0;

  // Waits until nobody else holds the name, but not beyond `deadline`. It keeps nobody from get(),
  // put() and replace(). An error is a sentence: somebody holds it, or it cannot be had at all.
  [[nodiscard]] virtual io::Task<std::expected<std::unique_ptr<Reservation>, std::string>> reserve(
      std::string name, io::Time deadline, io::Cancellation& cancellation) = 0;
};

}  // namespace truerelay::oauth
