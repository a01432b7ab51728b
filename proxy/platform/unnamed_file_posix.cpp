#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "platform/unnamed_file.h"

namespace truerelay::platform {
namespace {

// -1 where the system or the file system of `folder` does not know files without a name, or where
// it fails in any other way; what comes next finds out why.
int open_nameless([[maybe_unused]] const std::filesystem::path& folder) {
#ifdef O_TMPFILE
  // O_EXCL: nor can it be given a name later.
  return ::open(folder.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
#else
  return -1;
#endif
}

// mkostemp() creates it with mode 0600.
int open_and_unlink(const std::filesystem::path& folder) {
  std::string name = (folder / "truerelay-XXXXXX").string();
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) {
    ::unlink(name.c_str());
  }
  return descriptor;
}

std::string system_refusal(const std::filesystem::path& folder, int error) {
  std::string sentence = fmt::format("cannot make a temporary file in {}: {}", folder.string(),
                                     std::error_code(error, std::system_category()).message());
  if (error == EACCES || error == ENOENT || error == ENOTDIR || error == EROFS) {
    sentence += "; set TMPDIR to a folder that the user of truerelay may write to";
  }
  return sentence;
}

}  // namespace

std::expected<UnnamedFile, std::string> UnnamedFile::open(const std::filesystem::path& folder) {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGXFSZ, &ignore, nullptr);

  int descriptor = open_nameless(folder);
  if (descriptor < 0) {
    descriptor = open_and_unlink(folder);
  }
  if (descriptor < 0) {
    return std::unexpected(system_refusal(folder, errno));
  }
  return UnnamedFile(descriptor, folder);
}

UnnamedFile::UnnamedFile(int descriptor, std::filesystem::path folder)
    : descriptor_(descriptor), folder_(std::move(folder)) {}

UnnamedFile::UnnamedFile(UnnamedFile&& other) noexcept
    : descriptor_(other.release()), folder_(std::move(other.folder_)) {}

UnnamedFile::~UnnamedFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

int UnnamedFile::release() { return std::exchange(descriptor_, -1); }

std::filesystem::path large_temporary_folder() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

}  // namespace truerelay::platform
