#include "tests/simulation/trace.h"

#include <fmt/core.h>

#include "base/ascii.h"

namespace truerelay::simulation {

void Trace::arrived(std::string_view link, Direction direction, std::string_view bytes) {
  if (bytes_.empty() || link_ != link || direction_ != direction) {
    end_line();
    begun_ = world_.elapsed();
    link_ = link;
    direction_ = direction;
  }
  bytes_ += bytes;
}

void Trace::note(std::string_view who, std::string_view what) {
  end_line();
  line(world_.elapsed(), who, what);
}

const std::string& Trace::text() {
  end_line();
  return text_;
}

void Trace::line(io::Duration at, std::string_view who, std::string_view what) {
  text_ += fmt::format("{:>18}  {} {}\n", text_of(at), who, what);
}

void Trace::end_line() {
  if (!bytes_.empty()) {
    line(begun_, link_,
         fmt::format("{}: \"{}\"", describe(direction_), printable(bytes_, bytes_.size())));
    bytes_.clear();
  }
}

}  // namespace truerelay::simulation
