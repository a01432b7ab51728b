// Requests of a browser: any split gives the same request, and one visit gets one answer.

#include <optional>
#include <string>

#include "http/parsers.h"
#include "http/visit.h"
#include "io/scope.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/spoken_to.h"
#include "tests/fuzz/target.h"

namespace truerelay::fuzz {
namespace {

constexpr std::uint16_t kPort = 8400;
constexpr const char* kNone = "no request";

std::string read(const Pieces& pieces) {
  http::RequestParser parser(500);
  for (const std::string_view piece : pieces) {
    if (parser.complete()) {
      break;
    }
    if (!parser.take(piece)) {
      return kNone;
    }
  }
  if (!parser.complete()) {
    return kNone;  // When it is known that no request comes may depend on the split.
  }
  const http::HeardRequest request = parser.request();
  std::string text = request.method + ' ' + std::string(request.target.reveal()) + '\n';
  for (const http::Header& header : request.headers) {
    text += header.name + ": " + header.value + '\n';
  }
  return text + '\n' + std::string(request.body.reveal());
}

io::Task<void> serve(std::unique_ptr<io::Stream> stream, io::Time deadline,
                     io::Cancellation& cancellation, std::optional<std::string>& target,
                     bool& over) {
  http::Visit visit(std::move(stream), kPort, deadline, cancellation);
  const io::Result<Redacted> heard = co_await visit.target();
  if (heard) {
    target = heard->reveal();
    const io::Result<void> answered = co_await visit.answer(200, "Done.");
    require(answered.has_value(), "an answer can be given");
  }
  over = true;
}

void visit(std::string_view input) {
  SpokenTo browser(input);
  io::Cancellation cancellation;
  std::optional<std::string> target;
  bool over = false;
  const std::string told =
      browser.meets([&](std::unique_ptr<io::Stream> stream, io::Time deadline) {
        return serve(std::move(stream), deadline, cancellation, target, over);
      });
  require(over, "a visit ends");
  if (target) {
    require(target->starts_with('/') && input.contains(*target), "a target was asked for");
    require(input.contains("GET"), "only GET is answered");
    require(begins(told, "HTTP/1.1 200 OK\r\n"), "who is heard is answered");
  } else {
    require(begins(told, "HTTP/1.1 4"), "the others are told so, or nothing");
  }
  require(told.find("HTTP/1.1 ", 1) == std::string::npos, "a visit gets one answer");
}

}  // namespace

void run(std::string_view input) {
  const std::vector<Pieces> all = splits(input);
  const std::string whole = read(all.front());
  for (const Pieces& pieces : all) {
    require_same(read(pieces), whole, "any split gives the same request");
  }
  visit(input);
}

}  // namespace truerelay::fuzz
