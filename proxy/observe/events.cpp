#include "observe/events.h"

namespace truerelay::observe {

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted:
      return "accepted";
    case Outcome::refused:
      return "refused";
    case Outcome::failed:
      return "failed";
    case Outcome::abandoned:
      return "abandoned";
    case Outcome::in_doubt:
      return "in_doubt";
  }
  return "unknown";
}

std::string_view name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "unknown";
}

Level level_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted:
      return Level::info;
    case Outcome::refused:
    case Outcome::failed:
    case Outcome::abandoned:
      return Level::warning;
    case Outcome::in_doubt:
      return Level::error;
  }
  return Level::error;
}

}  // namespace truerelay::observe
