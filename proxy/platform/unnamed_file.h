#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace truerelay::platform {

// A file that no name leads to, for what must not stay behind: only this process can open or read
// it, and it is gone when it is closed, or when the process ends in whatever way.
//
// Where the system can, the file never had a name (O_TMPFILE of Linux); elsewhere it has one,
// closed to other users, for the moment between its creation and unlink(). On Windows the name
// stays while the file is open, and FILE_FLAG_DELETE_ON_CLOSE with no sharing does the same for it.
class UnnamedFile {
 public:
  // For reading and writing, in `folder`. On failure: a sentence that names the folder, what is
  // wrong and what to do. Sees to it that writing beyond a limit on the size of files is an error
  // and not a signal (SIGXFSZ), for the whole process.
  [[nodiscard]] static std::expected<UnnamedFile, std::string> open(
      const std::filesystem::path& folder);

  // Takes over an open file that is said to lie in `folder`.
  UnnamedFile(int descriptor, std::filesystem::path folder);
  UnnamedFile(UnnamedFile&& other) noexcept;
  UnnamedFile& operator=(UnnamedFile&&) = delete;
  ~UnnamedFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // Leaves closing it to the caller; -1 stands in its place.
  int release();

 private:
  int descriptor_;
  std::filesystem::path folder_;
};

// Where large temporary files go: $TMPDIR, or else the system's folder for them on disk. (/tmp is
// held in memory on many systems.)
[[nodiscard]] std::filesystem::path large_temporary_folder();

}  // namespace truerelay::platform
