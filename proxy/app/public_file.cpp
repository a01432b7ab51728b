#include "app/public_file.h"

#include <fmt/core.h>

#include <fstream>
#include <system_error>
#include <utility>

#include "platform/secret_file.h"

namespace truerelay::app {

std::expected<Redacted, std::string> read_public_file(const std::filesystem::path& file) {
  std::error_code not_there;
  const bool regular = std::filesystem::is_regular_file(file, not_there);
  if (!regular && !not_there && std::filesystem::exists(file, not_there)) {
    return std::unexpected(fmt::format("{} is not a regular file", file.string()));
  }
  std::string text(platform::kLongestSecret, '\0');
  std::ifstream stream;
  stream.rdbuf()->pubsetbuf(nullptr, 0);  // Its buffer would keep a copy.
  if (regular) {
    stream.open(file, std::ios::binary);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  }
  if (!stream.is_open() || stream.bad()) {
    return std::unexpected(fmt::format(
        "{} cannot be read; check the path, and that this service may read it", file.string()));
  }
  const auto count = static_cast<std::size_t>(stream.gcount());
  Redacted held{text.substr(0, count)};
  wipe(text);
  return held;
}

}  // namespace truerelay::app
