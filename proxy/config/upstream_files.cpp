#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

#include "base/ascii.h"
#include "config/nearest.h"
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

std::string no_such_upstream(std::string_view name, std::span<const std::string> there_are) {
  const std::vector<std::string_view> known(there_are.begin(), there_are.end());
  const std::string shown = printable(name, 100);
  const std::string near = did_you_mean(name, known);
  if (!near.empty()) {
    return fmt::format("there is no upstream '{}'{}", shown, near);
  }
  if (!known.empty()) {
    return fmt::format("there is no upstream '{}'; there is {}", shown, fmt::join(known, ", "));
  }
  return fmt::format("there is no upstream '{}'; it needs a file of its own, upstreams/NAME.toml",
                     shown);
}

}  // namespace truerelay::config
