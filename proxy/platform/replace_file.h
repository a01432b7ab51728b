#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace truerelay::platform {

// The steps of replacing a file, in their order.
enum class ReplaceStep { create, write, sync, rename, sync_folder };

// Asked before each step: 0, or the system's error with which the step is to fail. So a test can
// make each of them fail, or end the process there.
using BeforeStep = std::function<int(ReplaceStep)>;

// Puts `bytes` in the place of what `file` held, readable and writable by its owner only. At every
// moment, through whatever failure, loss of power included, `file` is either as it was or as it is
// to be; and after success it stays so.
//
// The bytes go to `file`.new, which is brought to the disk, takes the name of the file, and the
// folder is brought to the disk. Who calls it sees to it that nobody else does at the same time
// (FileLock). The new file belongs to the owner of the old one, or of the folder, where root does
// it. On failure: a sentence that names the file, what is wrong and what to do.
[[nodiscard]] std::expected<void, std::string> replace_file(const std::filesystem::path& file,
                                                            std::string_view bytes,
                                                            const BeforeStep& before = {});

}  // namespace truerelay::platform
