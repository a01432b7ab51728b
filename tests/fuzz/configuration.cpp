// A configuration of two files. What stands behind the line "# upstreams/practice.toml" is the
// second one. Any text is a configuration or a list of errors, each with its place.

#include <algorithm>
#include <expected>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "config/config.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr std::string_view kSecondFile = "# upstreams/practice.toml\n";

// Gone when the process ends.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("truerelay-fuzz-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_ / "upstreams");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path main_file() const { return path_ / "truerelay.toml"; }
  [[nodiscard]] std::filesystem::path upstream_file() const {
    return path_ / "upstreams" / "practice.toml";
  }
  static void write(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  }

 private:
  const std::filesystem::path path_;
};

void check(const config::Error& error, const Folder& folder, std::string_view main,
           std::string_view upstream) {
  require(!error.message.empty() && error.message.size() < 2000, "an error says what is wrong");
  require(std::ranges::none_of(error.message, ascii_control), "an error holds no control byte");
  require(error.file == folder.main_file() || error.file == folder.upstream_file(),
          "an error names one of the files");
  const std::string_view text = error.file == folder.main_file() ? main : upstream;
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  require(error.line <= lines, "an error is at a line that there is");
  require((error.line == 0) == (error.column == 0), "an error has a line and a column, or neither");
  const std::string shown = config::describe(error);
  require(std::ranges::none_of(shown,
                               [](char c) { return ascii_control(c) && c != '\n' && c != '\t'; }),
          "what is shown of an error has no control byte");
}

// The listener that is not there, the only thing that has no place in a file.
bool is_about_what_is_missing(const config::Error& error) {
  return error.message.starts_with("there is no listener");
}

}  // namespace

void run(std::string_view input) {
  static const Folder folder;
  const std::size_t mark = input.find(kSecondFile);
  const std::string_view main = input.substr(0, mark);
  const std::string_view upstream =
      mark == input.npos ? std::string_view() : input.substr(mark + kSecondFile.size());
  Folder::write(folder.main_file(), main);
  Folder::write(folder.upstream_file(), upstream);

  const std::expected<config::Config, std::vector<config::Error>> loaded =
      config::load(folder.main_file());
  if (!loaded) {
    require(!loaded.error().empty(), "what cannot be used has an error");
    for (const config::Error& error : loaded.error()) {
      check(error, folder, main, upstream);
      require(error.line > 0 || is_about_what_is_missing(error), "an error has a place");
    }
    return;
  }
  require(!loaded->listeners.empty(), "what can be used has a listener");
  for (const config::Listener& listener : loaded->listeners) {
    require(listener.upstream == "practice", "a listener has an upstream that there is");
    require(!listener.address.empty() && !listener.allow.empty(), "a listener listens to somebody");
  }
  for (const config::Upstream& used : loaded->upstreams) {
    require(!used.host.empty() && used.port != 0, "an upstream is somewhere");
    require(std::ranges::none_of(used.host, ascii_control) &&
                std::ranges::none_of(used.user, ascii_control),
            "no name has a control byte");
  }
  for (const config::Error& warning : loaded->warnings) {
    check(warning, folder, main, upstream);
  }
}

}  // namespace truerelay::fuzz
