#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace truerelay::tls {

// The authorities that a client trusts.
//
// Reading the 140 of an operating system takes some milliseconds and half a megabyte, so the owner
// loads a file once and hands the store to every context that uses that file. Every certificate in
// it is an anchor, be it a root, an intermediate authority or a server's own self-signed one.
class TrustStore {
 public:
  // An error is a sentence: which file, why, and what to do.
  [[nodiscard]] static std::expected<std::shared_ptr<const TrustStore>, std::string> load(
      const std::filesystem::path& file);
  // `source` stands for the file in messages.
  [[nodiscard]] static std::expected<std::shared_ptr<const TrustStore>, std::string> parse(
      std::string_view pem, std::string source);

  TrustStore(const TrustStore&) = delete;
  TrustStore& operator=(const TrustStore&) = delete;
  ~TrustStore();

  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] std::size_t size() const { return size_; }

  struct Native;  // Known to this folder only: native_trust_store.h
  [[nodiscard]] const Native& native() const { return *native_; }

 private:
  TrustStore(std::string source, std::size_t size, std::unique_ptr<Native> native);

  std::string source_;
  std::size_t size_;
  std::unique_ptr<Native> native_;
};

}  // namespace truerelay::tls
