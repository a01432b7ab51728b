#include "net/resolver.h"

#include <fmt/core.h>
#include <uv.h>

#include <memory>
#include <string>
#include <utility>

#include "net/bell.h"
#include "net/failure_of.h"
#include "net/loop.h"

namespace truerelay::net {
namespace {

// The question, whose memory is libuv's until its callback; and who waits for the answer, null once
// nobody does.
struct Question {
  uv_getaddrinfo_t request{};
  struct Answer* answer = nullptr;
};

// The answer lies in the frame of whoever waits. When that ends, the question forgets it.
struct Answer {
  Answer(Loop& loop, io::Cancellation& cancellation) : bell(loop, loop, cancellation) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() {
    if (question != nullptr) {
      question->answer = nullptr;
      uv_cancel(reinterpret_cast<uv_req_t*>(&question->request));  // If it has not begun.
    }
  }

  Bell bell;
  Question* question = nullptr;  // Null once it is answered.
  int error = 0;
  std::vector<SocketAddress> addresses;
};

void answered(uv_getaddrinfo_t* request, int error, addrinfo* found) {
  const std::unique_ptr<Question> question(static_cast<Question*>(request->data));
  if (Answer* answer = question->answer; answer != nullptr) {
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      if (const std::optional<SocketAddress> address = from_native(one->ai_addr)) {
        answer->addresses.push_back(*address);
      }
    }
    answer->error = error;
    answer->question = nullptr;
    answer->bell.ring();
  }
  uv_freeaddrinfo(found);
}

int ask(Loop& loop, const io::Endpoint& endpoint, Answer& answer) {
  auto question = std::make_unique<Question>();
  question->request.data = question.get();
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const std::string port = std::to_string(endpoint.port);
  const int error = uv_getaddrinfo(loop.native(), &question->request, answered,
                                   endpoint.host.c_str(), port.c_str(), &hints);
  if (error == 0) {
    question->answer = &answer;
    answer.question = question.release();
  }
  return error;
}

std::unexpected<io::Failure> not_resolved(const std::string& host, int error) {
  std::string why;
  switch (error) {
    case 0:
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
    case UV_EAI_ADDRFAMILY:
      why = "no such host, or it has no address";
      break;
    case UV_EAI_AGAIN:
      why = "the name server does not answer";
      break;
    default:
      why = error_text(error);
  }
  return io::fail(io::Failure::Kind::name_not_resolved,
                  fmt::format("the name {} cannot be resolved: {}", host, why));
}

}  // namespace

io::Task<io::Result<std::vector<SocketAddress>>> resolve(Loop& loop, io::Endpoint endpoint,
                                                         io::Time deadline,
                                                         io::Cancellation& cancellation) {
  if (const std::optional<SocketAddress> address = literal(endpoint.host, endpoint.port)) {
    co_return std::vector{*address};
  }
  if (endpoint.host.empty() || endpoint.host.contains('\0')) {
    co_return not_resolved(endpoint.host, UV_EAI_NONAME);
  }
  Answer answer(loop, cancellation);
  const int error = ask(loop, endpoint, answer);
  if (error != 0) {
    co_return not_resolved(endpoint.host, error);
  }
  answer.bell.ring_at(deadline);
  while (answer.question != nullptr && !cancellation.requested() && loop.now() < deadline) {
    co_await answer.bell.wait();
  }
  if (cancellation.requested()) {
    co_return io::fail(io::Failure::Kind::cancelled, "the lookup was given up");
  }
  if (answer.question != nullptr) {
    co_return io::fail(io::Failure::Kind::timed_out,
                       fmt::format("the name {} was not resolved in time", endpoint.host));
  }
  if (answer.addresses.empty()) {
    co_return not_resolved(endpoint.host, answer.error);
  }
  co_return std::move(answer.addresses);
}

}  // namespace truerelay::net
