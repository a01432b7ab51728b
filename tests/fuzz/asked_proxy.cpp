#include "tests/fuzz/asked_proxy.h"

#include "base/base64.h"
#include "tests/fuzz/passed_on.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/spoken_to.h"

namespace truerelay::fuzz {
namespace {

constexpr std::string_view kPassword = "canary";

io::Task<void> connect(Ask ask, bool login, std::unique_ptr<io::Stream> stream, io::Time deadline,
                       AskedProxy& found, bool& over) {
  stream->set_deadline(deadline);
  const io::Endpoint target{"smtp.example.com", 587};
  const std::string user = login ? "erp" : "";
  const Redacted password(login ? std::string(kPassword) : std::string());
  io::Result<void> connected = co_await ask(*stream, target, user, password);
  if (!connected) {
    found.failure = std::move(connected.error());
  }
  Buffer buffer;
  while (!found.failure) {
    const io::Result<std::size_t> count = co_await stream->read(buffer);
    if (!count || *count == 0) {
      break;
    }
  }
  found.rest = buffer.readable();
  over = true;
}

}  // namespace

AskedProxy ask_proxy(Ask ask, std::string_view answers, bool login) {
  AskedProxy found;
  bool over = false;
  SpokenTo proxy(answers);
  found.asked = proxy.meets([&](std::unique_ptr<io::Stream> stream, io::Time deadline) {
    return connect(ask, login, std::move(stream), deadline, found, over);
  });
  require(over, "asking comes to an end");
  if (found.failure) {
    const std::string& detail = found.failure->detail;
    require(!detail.empty() && detail.size() < 1500, "a failure is a clause");
    require(is_plain(detail) && !detail.contains('\t'), "a failure has no control byte");
    require(!detail.contains(kPassword) || answers.contains(kPassword),
            "a failure names no password");
  }
  return found;
}

}  // namespace truerelay::fuzz
