// Paths and their parameters, as they stand behind MAIL FROM: and RCPT TO:.

#include <expected>
#include <string>

#include "smtp/path.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/written_again.h"

namespace truerelay::fuzz {
namespace {

void check_path(std::string_view input, smtp::PathKind kind) {
  std::string_view rest = input;
  const std::expected<smtp::Path, smtp::Reply> path = smtp::parse_path(rest, kind);
  if (!path) {
    check_passed_on(path.error());
    return;
  }
  require(input.ends_with(rest), "what follows the path is left");
  const std::string written = '<' + path->text() + '>';
  std::string_view again_rest = written;
  const std::expected<smtp::Path, smtp::Reply> again = smtp::parse_path(again_rest, kind);
  require(again.has_value() && again_rest.empty(), "a path that is written again can be read");
  require(*again == *path, "and is the same");
}

}  // namespace

void run(std::string_view input) {
  check_path(input, smtp::PathKind::reverse);
  check_path(input, smtp::PathKind::forward);
  check_command("MAIL FROM:" + std::string(input) + "\r\n");
  check_command("RCPT TO:" + std::string(input) + "\r\n");
}

}  // namespace truerelay::fuzz
