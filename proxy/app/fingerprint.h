#pragma once

#include <filesystem>
#include <vector>

#include "config/config.h"
#include "digest/digest.h"
#include "digest/key.h"

namespace truerelay::app {

// Stands for what is in these files, in their order: the same as long as none of them has changed,
// came or went. Reads them, 16 MiB of each at most: not for the thread of a loop.
[[nodiscard]] digest::Digest fingerprint_of(const std::vector<std::filesystem::path>& files,
                                            const digest::Key& key);

// Of the files that are read once, when an upstream or a listener begins its work: authorities and
// certificates. A password file is none of them.
[[nodiscard]] digest::Digest fingerprint_of(const config::Upstream& upstream,
                                            const digest::Key& key);
[[nodiscard]] digest::Digest fingerprint_of(const config::Listener& listener,
                                            const digest::Key& key);
// Of those that its provider of tokens needs.
[[nodiscard]] digest::Digest fingerprint_of(const config::OAuth& oauth, const digest::Key& key);

}  // namespace truerelay::app
