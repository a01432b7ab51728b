#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/redacted.h"

namespace truerelay::oauth {

// The members of a JSON object (RFC 8259), as far as OAuth has a use for them: strings and numbers.
// What stands deeper is passed over, and nothing of it is kept. Where a name comes twice, the last
// one counts.
class JsonObject {
 public:
  // nullopt: it is no JSON, or no object.
  [[nodiscard]] static std::optional<JsonObject> parse(std::string_view text);

  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
  // A string, or nullptr.
  [[nodiscard]] const Redacted* text(std::string_view name) const;
  // A number without its fraction, or a string of digits, which some providers send in its place;
  // nullopt too where it is beyond reason.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;

 private:
  friend class JsonReader;
  struct Value {
    enum class Kind { text, number, other };
    Kind kind = Kind::other;
    Redacted text{};
    double number = 0;
  };
  std::map<std::string, Value, std::less<>> values_;
};

// `text` in double quotes, escaped.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace truerelay::oauth
