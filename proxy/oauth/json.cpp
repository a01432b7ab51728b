#include "oauth/json.h"

#include <fmt/core.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace truerelay::oauth {
namespace {

// Beyond it no number means anything here, and a double still holds every whole number below.
constexpr double kLargestNumber = 1e15;

}  // namespace

// Takes the members of the outermost object as they are read, so that no tree is built of what a
// stranger sends. The parser's own copy of each string is wiped.
class JsonReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit JsonReader(JsonObject& into) : into_(into) {}

  bool null() override { return take({}); }
  bool boolean(bool /*value*/) override { return take({}); }
  bool number_integer(number_integer_t value) override {
    return take({JsonObject::Value::Kind::number, {}, static_cast<double>(value)});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return take({JsonObject::Value::Kind::number, {}, static_cast<double>(value)});
  }
  bool number_float(number_float_t value, const string_t& /*written*/) override {
    return take({JsonObject::Value::Kind::number, {}, value});
  }
  bool string(string_t& value) override {
    Redacted text(value);
    wipe(value);
    return take({JsonObject::Value::Kind::text, std::move(text), 0});
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      name_ = name;
    }
    return true;
  }
  bool start_object(std::size_t /*elements*/) override {
    object_ = object_ || depth_ == 0;
    return enter();
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t /*elements*/) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

  [[nodiscard]] bool object() const { return object_; }

 private:
  bool take(JsonObject::Value value) {
    if (depth_ == 1 && object_) {
      into_.values_.insert_or_assign(name_, std::move(value));
    }
    return true;
  }
  bool enter() {
    take({});
    ++depth_;
    return object_;  // Only an object is of use.
  }
  bool leave() {
    --depth_;
    return true;
  }

  JsonObject& into_;
  std::string name_;
  std::size_t depth_ = 0;
  bool object_ = false;
};

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  JsonObject object;
  JsonReader reader(object);
  const bool whole = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return whole && reader.object() ? std::optional(std::move(object)) : std::nullopt;
}

const Redacted* JsonObject::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.kind == Value::Kind::text ? &found->second.text
                                                                           : nullptr;
}

std::optional<std::int64_t> JsonObject::number(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    return std::nullopt;
  }
  const Value& value = found->second;
  if (value.kind == Value::Kind::number) {
    const bool within = value.number > -kLargestNumber && value.number < kLargestNumber;
    return within ? std::optional(static_cast<std::int64_t>(value.number)) : std::nullopt;
  }
  const std::string_view digits = value.text.reveal();
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = failure == std::errc{} && end == digits.data() + digits.size();
  return whole && number < static_cast<std::int64_t>(kLargestNumber) ? std::optional(number)
                                                                     : std::nullopt;
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace truerelay::oauth
