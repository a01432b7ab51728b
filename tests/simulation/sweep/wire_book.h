#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/clock.h"
#include "tests/simulation/sweep/books.h"
#include "tests/simulation/sweep/watched_stream.h"
#include "tests/simulation/trace.h"

namespace truerelay::simulation {

// What the relay handed on to its upstreams, read off the wire on the relay's side of it: which
// messages went to their last byte, and whether an answer came back to it. From this book it is
// known what may be tried again and what is in doubt (rules T4 and T5).
class WireBook final : public Watcher {
 public:
  struct Carried {
    std::size_t to_server = 0;
    std::size_t to_client = 0;
  };

  explicit WireBook(const io::Clock& clock) : clock_(clock) {}

  [[nodiscard]] const std::vector<HandedOn>& ends(const std::string& sender) const;
  // A CR or LF without the other was handed on as content of that letter.
  [[nodiscard]] bool bare_line_end(const std::string& sender) const {
    return bare_line_ends_.contains(sender);
  }
  // Octets of the first connection to anywhere.
  [[nodiscard]] const Carried& first_connection() const { return first_; }

  // Where a recipient is kThrottledAtFirst, so many times the order to throttle is what reaches the
  // practice upstream, and after that an ordinary name.
  unsigned throttled_at_first = 1;
  // What is said on the wires, without their TLS, goes there; nullptr for nowhere.
  Trace* trace = nullptr;

  std::shared_ptr<Watch> connected(const io::Endpoint& endpoint) override;

 private:
  class Wire;

  const io::Clock& clock_;
  std::map<std::string, std::vector<HandedOn>> ends_;
  std::set<std::string> bare_line_ends_;
  std::map<std::string, unsigned> throttled_;  // How often each sender was answered 432.
  Carried first_;
  std::uint64_t connections_ = 0;
};

// What the practice upstream saw as a recipient, as the letter has it.
[[nodiscard]] std::string as_in_letter(std::string forward_path);

}  // namespace truerelay::simulation
