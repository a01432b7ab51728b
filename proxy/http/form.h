#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/redacted.h"

namespace truerelay::http {

// application/x-www-form-urlencoded, as OAuth puts it in request bodies and in the queries of
// redirects (RFC 6749 appendix B). Values may be secrets.

struct FormField {
  std::string_view name;
  std::string_view value;
};

// "grant_type=refresh_token&scope=a+b"
[[nodiscard]] Redacted encode_form(std::initializer_list<FormField> fields);
[[nodiscard]] Redacted encode_form(const std::vector<FormField>& fields);

class Form {
 public:
  // nullopt: a percent sign without two hexadecimal digits, a control byte, more than 100 fields,
  // or a name that stands there twice, which RFC 6749 section 3.1 forbids.
  [[nodiscard]] static std::optional<Form> parse(std::string_view text);

  // nullptr where there is none.
  [[nodiscard]] const Redacted* find(std::string_view name) const;

 private:
  struct Field {
    std::string name;
    Redacted value;
  };
  std::vector<Field> fields_;
};

}  // namespace truerelay::http
