#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/redacted.h"
#include "http/url.h"

namespace truerelay::http {

// Requests and answers of HTTP/1.1 (RFC 9110, RFC 9112). Bodies hold tokens and passwords.

struct Header {
  std::string name;
  std::string value;  // Without control bytes.
};

using Headers = std::vector<Header>;

// The value of the first one of that name, in any case; nullptr where there is none.
[[nodiscard]] const std::string* find(const Headers& headers, std::string_view name);

enum class Method { get, post };

struct Request {
  Method method = Method::post;
  Url url;
  Headers headers{};         // Content-Type, Accept; the client adds the others.
  Redacted authorization{};  // The value of the Authorization field; empty: none.
  Redacted body{};
};

struct Response {
  int status = 0;      // 200 to 999
  std::string reason;  // The server's words for it; may be empty.
  Headers headers;
  Redacted body;
};

}  // namespace truerelay::http
