#include "http/form.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/ascii.h"

namespace truerelay::http {
namespace {

constexpr std::size_t kMostFields = 100;

bool stays_as_it_is(char c) {
  return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '*';
}

void append_encoded(std::string& text, std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (stays_as_it_is(c)) {
      text += c;
    } else if (c == ' ') {
      text += '+';
    } else {
      text += '%';
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 0x0FU];
    }
  }
}

template <class Fields>
Redacted encode(const Fields& fields) {
  std::size_t most = 0;
  for (const FormField& field : fields) {
    most += 3 * (field.name.size() + field.value.size()) + 2;
  }
  std::string text;
  text.reserve(most);  // Growing would leave copies of secrets behind.
  for (const FormField& field : fields) {
    text += text.empty() ? "" : "&";
    append_encoded(text, field.name);
    text += '=';
    append_encoded(text, field.value);
  }
  return Redacted(std::move(text));
}

std::optional<unsigned> hex_value(char c) {
  const char lower = ascii_lower(c);
  if (ascii_digit(c)) {
    return static_cast<unsigned>(c - '0');
  }
  return lower >= 'a' && lower <= 'f' ? std::optional(static_cast<unsigned>(lower - 'a') + 10)
                                      : std::nullopt;
}

std::optional<std::string> decode(std::string_view text) {
  std::string value;
  value.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      const auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
      const auto low = high ? hex_value(text[i + 2]) : std::nullopt;
      if (!low) {
        wipe(value);
        return std::nullopt;
      }
      c = static_cast<char>(*high << 4U | *low);
      i += 2;
    }
    if (ascii_control(c)) {
      wipe(value);
      return std::nullopt;
    }
    value += c;
  }
  return value;
}

}  // namespace

Redacted encode_form(std::initializer_list<FormField> fields) { return encode(fields); }
Redacted encode_form(const std::vector<FormField>& fields) { return encode(fields); }

std::optional<Form> Form::parse(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    if (field.empty()) {
      continue;
    }
    const std::size_t equals = std::min(field.find('='), field.size());
    std::optional<std::string> name = decode(field.substr(0, equals));
    std::optional<std::string> value = decode(field.substr(std::min(equals + 1, field.size())));
    if (!name || !value || form.find(*name) != nullptr || form.fields_.size() == kMostFields) {
      if (value) {
        wipe(*value);
      }
      return std::nullopt;
    }
    form.fields_.push_back({std::move(*name), Redacted(std::move(*value))});
  }
  return form;
}

const Redacted* Form::find(std::string_view name) const {
  const auto field = std::ranges::find(fields_, name, &Field::name);
  return field == fields_.end() ? nullptr : &field->value;
}

}  // namespace truerelay::http
