#pragma once

#include <functional>
#include <memory>
#include <string>

namespace truerelay::net {

class Loop;

// Lines that a person types, or another program writes, while something else goes on.
class StandardInput final {
 public:
  using OnLine = std::function<void(std::string line)>;  // Without its end.

  // Tells of each line of at most 16 KiB, a longer one is passed over. Where standard input is
  // neither a terminal nor a pipe, of none. The loop outlives it.
  StandardInput(Loop& loop, OnLine on_line);
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;
  ~StandardInput();

 private:
  struct Reader;
  Reader* reader_;  // Libuv's, once it is let go.
};

}  // namespace truerelay::net
