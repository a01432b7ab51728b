// The only file that sees Boost.Beast: its parser, fed by hand, with a few rules of our own.

#include "http/parsers.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/ascii.h"

namespace truerelay::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr unsigned kMostInterim = 8;
// A chunk of one octet takes six; what needs more is no answer but an attack.
constexpr std::size_t kMostOverhead = 8;

std::string copy(Text text) { return {text.data(), text.size()}; }

// No chunked message is shorter from any of its chunks on, and Beast asserts that it has as much.
constexpr std::string_view kLastChunk = "0\r\n\r\n";

bool good_value(Text value) {
  return std::ranges::none_of(value, [](char c) { return ascii_control(c) && c != '\t'; });
}

// Keeps what the parser finds.
template <bool kRequest>
class Collector final : public beast::basic_parser<kRequest> {
 public:
  Collector(std::size_t longest_body, bool skips_body) : longest_body_(longest_body) {
    this->header_limit(kLongestHeader);
    this->body_limit(longest_body);
    this->eager(false);  // The eager parser of Boost 1.74 goes on after a body that is too long.
    this->skip(skips_body);
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector() override { wipe(body); }

  int status = 0;
  std::string start;   // Method or reason.
  std::string target;  // Of a request.
  Headers headers;
  std::string body;

 private:
  void on_request_impl(beast::verb /*method*/, Text method, Text where, int version,
                       error_code& /*error*/) override {
    version_ = version;
    start = copy(method);
    target = copy(where);
  }
  void on_response_impl(int code, Text reason, int version, error_code& error) override {
    version_ = version;
    status = code;
    start = copy(reason);
    if (code < 100 || code > 999) {
      error = beast::error::bad_status;
    }
  }
  void on_field_impl(beast::field field, Text name, Text value, error_code& error) override {
    if (this->is_header_done()) {
      return;  // A trailer, of which nobody asks anything.
    }
    if (headers.size() == kMostFields) {
      error = beast::error::header_limit;
    } else if (!good_value(value)) {
      error = beast::error::bad_value;
    } else if (field == beast::field::content_length && find(headers, "Content-Length")) {
      error = beast::error::bad_content_length;
    } else if (field == beast::field::transfer_encoding &&
               (version_ < 11 || !ascii_equal(copy(value), "chunked"))) {
      error = beast::error::bad_transfer_encoding;
    } else {
      headers.push_back({copy(name), copy(value)});
    }
  }
  void on_header_impl(error_code& /*error*/) override {}
  // Growing would leave copies of secrets behind.
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code& /*error*/) override {
    body.reserve(length ? static_cast<std::size_t>(*length) : longest_body_);
  }
  std::size_t on_body_impl(Text bytes, error_code& /*error*/) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/,
                            error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, Text bytes,
                                 error_code& /*error*/) override {
    body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}

  const std::size_t longest_body_;
  int version_ = 11;
};

io::Failure too_long(std::string_view what, std::size_t limit) {
  return {io::Failure::Kind::too_long, fmt::format("its {} is longer than {} octets", what, limit)};
}

io::Failure failure_of(const error_code& error, std::size_t longest_body) {
  const auto is = [&](auto... those) { return ((error == those) || ...); };
  using beast::error;
  if (is(error::body_limit)) {
    return too_long("body", longest_body);
  }
  if (is(error::header_limit)) {
    return {io::Failure::Kind::too_long,
            fmt::format("its header is longer than {} octets or {} fields", kLongestHeader,
                        kMostFields)};
  }
  std::string_view what = "its header is malformed";
  if (is(error::bad_version, error::bad_method, error::bad_target, error::bad_status,
         error::bad_reason)) {
    what = "it does not begin as HTTP does";
  } else if (is(error::bad_content_length, error::bad_transfer_encoding)) {
    what = "it contradicts itself about its length";
  } else if (is(error::bad_chunk, error::bad_chunk_extension)) {
    what = "its chunks are malformed";
  } else if (is(error::partial_message)) {
    what = "it ends too early";
  }
  return {io::Failure::Kind::malformed, std::string(what)};
}

// A collector, and the bytes that it could not use yet.
template <bool kRequest>
class Intake {
 public:
  Intake(std::size_t longest_body, bool skips_body)
      : longest_body_(longest_body), skips_body_(skips_body) {
    pending_.reserve(kLongestHeader);
    collector.emplace(longest_body, skips_body);
  }
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  ~Intake() { wipe(pending_); }

  io::Result<void> take(std::string_view bytes) {
    total_ += bytes.size();
    if (total_ > kLongestHeader + kMostOverhead * longest_body_ && !skips_body_) {
      return std::unexpected(too_long("body", longest_body_));
    }
    while (!bytes.empty() && !collector->is_done()) {
      const std::size_t count = std::min(bytes.size(), kLongestHeader - pending_.size());
      if (count == 0) {
        return std::unexpected(failure_of(beast::error::header_limit, longest_body_));
      }
      pending_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      const error_code error = parse();
      if (error) {
        return std::unexpected(failure_of(error, longest_body_));
      }
    }
    return {};
  }

  io::Result<void> end() {
    error_code error = beast::error::partial_message;
    if (collector->is_header_done() && pending_.empty()) {
      collector->put_eof(error);
    }
    return error ? io::Result<void>(std::unexpected(failure_of(error, longest_body_)))
                 : io::Result<void>();
  }

  std::optional<Collector<kRequest>> collector;

 private:
  error_code parse() {
    while (!pending_.empty() && !collector->is_done()) {
      if (!begins_well()) {
        return beast::error::bad_version;
      }
      const bool in_header = !collector->is_header_done();
      if (!in_header && collector->chunked() && pending_.size() < kLastChunk.size()) {
        return {};
      }
      error_code error;
      const std::size_t used =
          collector->put(boost::asio::const_buffer(pending_.data(), pending_.size()), error);
      pending_.erase(0, used);
      // Beast's own limit holds for what it waits for, not for fields that came one by one.
      header_ += in_header && !collector->is_header_done() ? used : 0;
      if (error == beast::error::need_more) {
        const bool endless = in_header && header_ + pending_.size() >= kLongestHeader;
        return endless ? error_code(beast::error::header_limit) : error_code();
      }
      if (error) {
        return error;
      }
      if (collector->is_done() && interim() && !begin_again()) {
        return beast::error::bad_status;
      }
    }
    return {};
  }

  // Beast waits for the end of what looks like no header at all, and a server that speaks another
  // protocol waits as well.
  [[nodiscard]] bool begins_well() const {
    constexpr std::string_view kBegin = "HTTP/1.";
    const std::string_view begin = std::string_view(pending_).substr(0, kBegin.size());
    return kRequest || collector->status > 0 || kBegin.starts_with(begin);
  }

  [[nodiscard]] bool interim() const { return !kRequest && collector->status < 200; }

  // 101 would mean another protocol, which nobody asked for.
  bool begin_again() {
    if (collector->status == 101 || ++interim_ > kMostInterim) {
      return false;
    }
    collector.emplace(longest_body_, skips_body_);
    return true;
  }

  const std::size_t longest_body_;
  const bool skips_body_;
  std::string pending_;
  std::size_t header_ = 0;
  std::size_t total_ = 0;
  unsigned interim_ = 0;
};

}  // namespace

const std::string* find(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return ascii_equal(header.name, name); });
  return found == headers.end() ? nullptr : &found->value;
}

struct ResponseParser::Parts : Intake<false> {
  using Intake::Intake;
};

ResponseParser::ResponseParser(std::size_t longest_body, Body body)
    : parts_(std::make_unique<Parts>(longest_body, body == Body::none)) {}
ResponseParser::~ResponseParser() = default;

io::Result<void> ResponseParser::take(std::string_view bytes) { return parts_->take(bytes); }
io::Result<void> ResponseParser::end() { return parts_->end(); }
bool ResponseParser::complete() const { return parts_->collector->is_done(); }

Response ResponseParser::answer() {
  Collector<false>& found = *parts_->collector;
  return {found.status, std::move(found.start), std::move(found.headers),
          Redacted(std::move(found.body))};
}

struct RequestParser::Parts : Intake<true> {
  using Intake::Intake;
};

RequestParser::RequestParser(std::size_t longest_body)
    : parts_(std::make_unique<Parts>(longest_body, false)) {}
RequestParser::~RequestParser() = default;

io::Result<void> RequestParser::take(std::string_view bytes) { return parts_->take(bytes); }
bool RequestParser::complete() const { return parts_->collector->is_done(); }

HeardRequest RequestParser::request() {
  Collector<true>& found = *parts_->collector;
  return {std::move(found.start), Redacted(std::move(found.target)), std::move(found.headers),
          Redacted(std::move(found.body))};
}

}  // namespace truerelay::http
