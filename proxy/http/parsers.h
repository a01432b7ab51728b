#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "io/failure.h"

namespace truerelay::http {

inline constexpr std::size_t kLongestHeader = std::size_t{16} * 1024;
inline constexpr std::size_t kMostFields = 100;

// Bytes in, one answer out. Content-Length, chunks, or until the end of the stream; interim answers
// (1xx) are skipped. Stricter than RFC 9112 where leniency has been used for attacks: one
// Content-Length at most, no coding but chunked, no control bytes in a value.
//
// Failures are malformed or too_long, the detail is a clause ("its chunks are malformed") that
// quotes nothing. After one, the parser is of no more use.
class ResponseParser {
 public:
  enum class Body { as_announced, none };  // none: the answer is complete after its header.

  explicit ResponseParser(std::size_t longest_body, Body body = Body::as_announced);
  ~ResponseParser();

  // What comes after the end of the answer is left alone.
  [[nodiscard]] io::Result<void> take(std::string_view bytes);
  // The stream has ended. Fails where the answer is not complete by that.
  [[nodiscard]] io::Result<void> end();
  [[nodiscard]] bool complete() const;
  // Once, of a complete answer.
  [[nodiscard]] Response answer();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// A request as a server hears it.
struct HeardRequest {
  std::string method;  // "GET"
  Redacted target;     // "/callback?code=..."
  Headers headers;
  Redacted body;
};

// Likewise for one request.
class RequestParser {
 public:
  explicit RequestParser(std::size_t longest_body);
  ~RequestParser();

  [[nodiscard]] io::Result<void> take(std::string_view bytes);
  [[nodiscard]] bool complete() const;
  // Once, of a complete request.
  [[nodiscard]] HeardRequest request();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::http
