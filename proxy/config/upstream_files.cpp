#include <fmt/core.h>

#include <algorithm>
#include <system_error>

#include "config/parts.h"
#include "config/path_text.h"
#include "config/values.h"

namespace truerelay::config {

std::vector<UpstreamFile> find_upstream_files(const std::filesystem::path& folder,
                                              Findings& findings) {
  std::vector<UpstreamFile> files;
  std::error_code failure;
  if (!std::filesystem::exists(folder, failure) && !failure) {
    return files;
  }
  std::filesystem::directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    const std::filesystem::path& file = entry->path();
    std::error_code ignored;
    if (file.extension() != ".toml" || text_of(file.filename()).starts_with('.') ||
        entry->is_directory(ignored)) {
      continue;
    }
    std::string name = text_of(file.stem());
    if (const auto fault = fault_of_name(name)) {
      findings.errors.push_back(
          {.file = file,
           .message = fmt::format("the name of the file is that of the upstream and {}", *fault)});
    } else {
      files.push_back({.name = std::move(name), .file = file});
    }
  }
  if (failure) {
    findings.errors.push_back(
        {.file = folder, .message = fmt::format("cannot be read: {}", failure.message())});
  }
  std::ranges::sort(files, {}, &UpstreamFile::name);
  return files;
}

}  // namespace truerelay::config
