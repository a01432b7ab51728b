#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "io/scratch.h"

namespace truerelay::simulation {

// A disk without files: so many octets fit on it in all, and then it is full.
class MemoryScratches final : public io::ScratchMaker {
 public:
  std::size_t room = std::size_t{1} << 30;
  unsigned made = 0;
  unsigned refused = 0;  // Writes that did not fit.

  std::expected<std::unique_ptr<io::Scratch>, std::string> make() override {
    ++made;
    return std::make_unique<One>(*this);
  }

 private:
  class One final : public io::Scratch {
   public:
    explicit One(MemoryScratches& disk) : disk_(disk) {}
    ~One() override { disk_.room += bytes_.size(); }

    io::Task<std::expected<void, std::string>> append(std::string_view bytes) override {
      if (bytes.size() > disk_.room) {
        ++disk_.refused;
        co_return std::unexpected<std::string>("no space left on device");
      }
      disk_.room -= bytes.size();
      bytes_ += bytes;
      co_return std::expected<void, std::string>{};
    }
    io::Task<std::expected<std::size_t, std::string>> read(std::uint64_t offset, Buffer& into,
                                                           std::size_t at_most) override {
      const std::string_view rest =
          std::string_view(bytes_).substr(std::min<std::size_t>(offset, bytes_.size()), at_most);
      into.append(rest);
      co_return std::expected<std::size_t, std::string>(rest.size());
    }
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

   private:
    MemoryScratches& disk_;
    std::string bytes_;
  };
};

}  // namespace truerelay::simulation
