#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace truerelay::platform {

// An open file of this system, closed when it goes. For the _posix files of this folder.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

// What root makes for a service that runs as another user must be that user's: the open file is
// given to the owner of `model`. For anybody but root this does nothing.
inline void give_to_owner_of(const std::filesystem::path& model, int file) {
  struct stat facts{};
  if (::geteuid() == 0 && ::stat(model.c_str(), &facts) == 0 &&
      ::fchown(file, facts.st_uid, facts.st_gid) != 0) {
    return;  // It stays root's, and whoever cannot read it is told so.
  }
}

}  // namespace truerelay::platform
