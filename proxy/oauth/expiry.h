#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/cancellation.h"
#include "io/clock.h"
#include "io/executor.h"
#include "io/task.h"

namespace truerelay::oauth {

// What ends on a known day, and will take the mail with it: a client secret, a certificate, a
// refresh token that nobody used.
struct Expiry {
  std::string what;  // "the client secret \"contoso\"", the beginning of a sentence.
  io::WallTime at;
  std::string remedy;  // A sentence without a full stop.
};

// "The client secret "contoso" expires in 7 days, on 2026-12-31. ..." from thirty days before, and
// after its end; nullopt while there is time. The same words wherever they are shown.
[[nodiscard]] std::optional<std::string> expiry_warning(const Expiry& expiry, io::WallTime now);

// Tells of what ends, when 30, 7 and 1 days are left and when it is over: at the first look, and
// then as each of these days comes, once.
class ExpiryWatch {
 public:
  // `list` looks the dates up, for a secret may have been replaced; `tell` gets each warning.
  using List = std::function<io::Task<std::vector<Expiry>>()>;
  using Tell = std::function<void(const std::string& warning)>;

  ExpiryWatch(io::Clock& clock, io::Executor& executor, List list, Tell tell)
      : clock_(clock), executor_(executor), list_(std::move(list)), tell_(std::move(tell)) {}

  // Looks at once, and then every hour, until it is cancelled.
  io::Task<void> run(io::Cancellation& cancellation);

 private:
  struct Told {
    std::string what;
    io::WallTime at;
    int stage;
  };

  [[nodiscard]] bool is_news(const Expiry& expiry, int stage);

  io::Clock& clock_;
  io::Executor& executor_;
  List list_;
  Tell tell_;
  std::vector<Told> told_;
};

}  // namespace truerelay::oauth
