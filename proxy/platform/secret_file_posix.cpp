#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "platform/descriptor_posix.h"
#include "platform/secret_file.h"

namespace truerelay::platform {
namespace {

std::unexpected<std::string> system_refusal(const std::filesystem::path& file, int error) {
  std::string sentence = fmt::format("cannot read the secret in {}: {}", file.string(),
                                     std::error_code(error, std::system_category()).message());
  if (error == EACCES) {
    sentence += "; the file must belong to the user that runs truerelay (chown)";
  } else if (error == ENOENT) {
    sentence += "; create it and close it to others: chmod 600 " + file.string();
  }
  return std::unexpected(std::move(sentence));
}

bool is_systemd_credential(const std::filesystem::path& file, const struct stat& facts) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0' ||
      (facts.st_uid != 0 && facts.st_uid != ::geteuid())) {
    return false;
  }
  std::error_code not_there;
  const auto guarded = std::filesystem::canonical(directory, not_there);
  if (not_there) {
    return false;
  }
  const auto place = std::filesystem::canonical(file, not_there);
  return !not_there && place.parent_path() == guarded;
}

// Reads up to the end, or one byte more than is allowed. The memory is reserved beforehand, so that
// no earlier copy of the secret stays behind.
int read_all(int descriptor, std::size_t longest, std::string& bytes) {
  bytes.resize(longest + 1);
  std::size_t held = 0;
  while (held < bytes.size()) {
    const ssize_t count = ::read(descriptor, bytes.data() + held, bytes.size() - held);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return errno;
    }
    if (count == 0) {
      break;
    }
    held += static_cast<std::size_t>(count);
  }
  bytes.resize(held);
  return 0;
}

// What is left of `bytes` is wiped.
Redacted take(std::string& bytes) {
  Redacted secret{std::string(bytes)};
  wipe(bytes);
  return secret;
}

}  // namespace

std::expected<std::optional<Redacted>, std::string> read_private_file(
    const std::filesystem::path& file, std::size_t longest) {
  // Not to wait for a writer, should it be a pipe.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (opened.number() < 0 && errno == ENOENT) {
    return std::nullopt;
  }
  // What is checked is what was opened, whatever the name stands for by now.
  struct stat facts{};
  if (opened.number() < 0 || ::fstat(opened.number(), &facts) != 0) {
    return system_refusal(file, errno);
  }
  const std::string name = file.string();
  if (!S_ISREG(facts.st_mode)) {
    return std::unexpected(
        fmt::format("{} is not a regular file; name the file that holds the secret", name));
  }
  if ((facts.st_mode & 077U) != 0 && !is_systemd_credential(file, facts)) {
    return std::unexpected(
        fmt::format("the secret in {} is open to other users (mode {:04o}); close it: chmod 600 {}",
                    name, static_cast<unsigned>(facts.st_mode) & 07777U, name));
  }
  // A small file may grow while it is read; a large one is replaced as a whole.
  const std::size_t room = std::max(static_cast<std::size_t>(facts.st_size), kLongestSecret);
  std::string bytes;
  const int error = read_all(opened.number(), std::min(room, longest), bytes);
  if (error != 0) {
    wipe(bytes);
    return system_refusal(file, error);
  }
  if (bytes.size() > longest) {
    wipe(bytes);
    return std::unexpected(fmt::format(
        "{} is longer than {} bytes; it should hold a secret and nothing else", name, longest));
  }
  return take(bytes);
}

std::expected<Redacted, std::string> read_secret_file(const std::filesystem::path& file) {
  std::expected<std::optional<Redacted>, std::string> held =
      read_private_file(file, kLongestSecret);
  if (!held) {
    return std::unexpected(std::move(held.error()));
  }
  if (!*held) {
    return system_refusal(file, ENOENT);
  }
  std::string bytes((*held)->reveal());
  if (bytes.ends_with('\n')) {
    bytes.resize(bytes.size() - (bytes.ends_with("\r\n") ? 2 : 1));
  }
  if (bytes.empty()) {
    return std::unexpected(fmt::format("{} is empty; write the secret into it", file.string()));
  }
  return take(bytes);
}

std::filesystem::path credential_file(std::string_view name) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory == nullptr || *directory == '\0' ? std::filesystem::path()
                                                    : std::filesystem::path(directory) / name;
}

}  // namespace truerelay::platform
