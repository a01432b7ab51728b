#include "platform/replace_file.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <cerrno>
#include <system_error>

#include "platform/descriptor_posix.h"

namespace truerelay::platform {
namespace {

// 0, or the system's error.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return count < 0 ? errno : EIO;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

class Replacement {
 public:
  Replacement(const std::filesystem::path& file, const BeforeStep& before)
      : file_(file),
        fresh_(file.string() + ".new"),
        folder_(file.parent_path().empty() ? "." : file.parent_path()),
        before_(before) {}

  // 0, or the system's error; what is not to be is removed again.
  int carry_out(std::string_view bytes) {
    const int error = write_fresh(bytes);
    if (error != 0) {
      ::unlink(fresh_.c_str());
      return error;
    }
    return sync_folder();
  }

 private:
  int write_fresh(std::string_view bytes) {
    if (const int error = ask(ReplaceStep::create)) {
      return error;
    }
    ::unlink(fresh_.c_str());  // What a process that was killed has left behind.
    const Descriptor out(
        ::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (out.number() < 0) {
      return errno;
    }
    std::error_code ignored;
    give_to_owner_of(std::filesystem::exists(file_, ignored) ? file_ : folder_, out.number());
    int error = ask(ReplaceStep::write);
    if (error == 0) {
      error = write_all(out.number(), bytes);
    }
    if (error == 0) {
      error = ask(ReplaceStep::sync);
    }
    if (error == 0 && ::fsync(out.number()) != 0) {
      error = errno;
    }
    if (error == 0) {
      error = ask(ReplaceStep::rename);
    }
    if (error == 0 && ::rename(fresh_.c_str(), file_.c_str()) != 0) {
      error = errno;
    }
    return error;
  }

  int sync_folder() {
    if (const int error = ask(ReplaceStep::sync_folder)) {
      return error;
    }
    const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.number() >= 0 && ::fsync(folder.number()) == 0 ? 0 : errno;
  }

  int ask(ReplaceStep step) const { return before_ ? before_(step) : 0; }

  const std::filesystem::path& file_;
  const std::filesystem::path fresh_;
  const std::filesystem::path folder_;
  const BeforeStep& before_;
};

}  // namespace

std::expected<void, std::string> replace_file(const std::filesystem::path& file,
                                              std::string_view bytes, const BeforeStep& before) {
  const int error = Replacement(file, before).carry_out(bytes);
  if (error == 0) {
    return {};
  }
  std::string sentence = fmt::format("cannot write {}: {}", file.string(),
                                     std::error_code(error, std::system_category()).message());
  if (error == EACCES || error == EROFS || error == EPERM) {
    sentence += "; the user that runs truerelay must be able to write to its folder";
  } else if (error == ENOENT) {
    sentence += "; its folder must be there";
  }
  return std::unexpected(std::move(sentence));
}

}  // namespace truerelay::platform
