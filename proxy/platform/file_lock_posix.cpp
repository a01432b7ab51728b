#include "platform/file_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "platform/descriptor_posix.h"

namespace truerelay::platform {
namespace {

constexpr std::chrono::milliseconds kPause{10};

std::unexpected<std::string> refusal(const std::filesystem::path& file, int error) {
  std::string sentence = fmt::format("cannot lock {}: {}", file.string(),
                                     std::error_code(error, std::system_category()).message());
  if (error == EACCES || error == EROFS || error == EPERM) {
    sentence += "; the user that runs truerelay must be able to write to its folder";
  }
  return std::unexpected(std::move(sentence));
}

}  // namespace

std::expected<FileLock, std::string> FileLock::open(const std::filesystem::path& file) {
  int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  // Nothing is written into it: who may only read it may hold it.
  if (descriptor < 0 && (errno == EROFS || errno == EACCES)) {
    descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  }
  if (descriptor < 0 && errno == ENOENT) {
    descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor >= 0) {
      give_to_owner_of(file.parent_path().empty() ? "." : file.parent_path(), descriptor);
    }
  }
  if (descriptor < 0) {
    return refusal(file, errno);
  }
  return FileLock(descriptor);
}

int FileLock::take() const {
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::expected<FileLock, std::string> FileLock::acquire(const std::filesystem::path& file,
                                                       std::chrono::milliseconds patience) {
  std::expected<FileLock, std::string> lock = open(file);
  if (!lock) {
    return lock;
  }
  const auto until = std::chrono::steady_clock::now() + patience;
  while (const int error = lock->take()) {
    if (error != EWOULDBLOCK) {
      return refusal(file, error);
    }
    if (std::chrono::steady_clock::now() >= until) {
      return std::unexpected(fmt::format(
          "another process holds the lock {}; try again when it has finished", file.string()));
    }
    std::this_thread::sleep_for(kPause);
  }
  return lock;
}

std::expected<std::optional<FileLock>, std::string> FileLock::try_acquire(
    const std::filesystem::path& file) {
  std::expected<FileLock, std::string> lock = open(file);
  if (!lock) {
    return std::unexpected(std::move(lock.error()));
  }
  const int error = lock->take();
  if (error == EWOULDBLOCK) {
    return std::nullopt;
  }
  if (error != 0) {
    return refusal(file, error);
  }
  return *std::move(lock);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

}  // namespace truerelay::platform
