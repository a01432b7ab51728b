#include "net/worker.h"

#include <uv.h>

#include <cassert>
#include <deque>
#include <utility>

#include "io/event.h"
#include "net/loop.h"

namespace truerelay::net {
namespace {

constexpr unsigned kMostAtOnce = 2;

struct Request;

// Who waits for a job; it lies in that coroutine's frame. The request stands apart from it and
// owns the job: where the frame goes first, the request forgets it and frees itself in the end.
struct Wait {
  explicit Wait(Loop& loop) : done(loop) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait();

  io::Event done;
  Request* request = nullptr;
};

struct Request {
  uv_work_t native{};
  std::shared_ptr<Worker::State> state;
  std::shared_ptr<io::Worker::Job> job;
  Wait* waiting = nullptr;
};

Wait::~Wait() {
  if (request != nullptr) {
    request->waiting = nullptr;
  }
}

}  // namespace

struct Worker::State {
  explicit State(Loop& on) : loop(on) {}

  void start_next();
  static void finished(uv_work_t* native, int status);

  Loop& loop;
  unsigned running = 0;
  std::deque<std::unique_ptr<Request>> line;
};

void Worker::State::start_next() {
  while (running < kMostAtOnce && !line.empty()) {
    std::unique_ptr<Request> request = std::move(line.front());
    line.pop_front();
    if (request->waiting == nullptr) {
      continue;  // Nobody wants to know any more.
    }
    request->native.data = request.get();
    const int error = uv_queue_work(
        loop.native(), &request->native,
        [](uv_work_t* native) { static_cast<Request*>(native->data)->job->run(); }, finished);
    assert(error == 0 && "it refuses only what is not a job");
    static_cast<void>(error);
    static_cast<void>(request.release());
    ++running;
  }
}

void Worker::State::finished(uv_work_t* native, int /*status*/) {
  const std::unique_ptr<Request> request(static_cast<Request*>(native->data));
  const std::shared_ptr<State> state = request->state;
  --state->running;
  if (Wait* const waiting = request->waiting) {
    waiting->request = nullptr;
    waiting->done.notify();
  }
  state->start_next();
}

Worker::Worker(Loop& loop) : state_(std::make_shared<State>(loop)) {}

io::Task<void> Worker::run(std::shared_ptr<Job> job) {
  const std::shared_ptr<State> state = state_;  // `this` may go during the wait.
  Wait wait(state->loop);
  auto request = std::make_unique<Request>();
  request->state = state;
  request->job = std::move(job);
  request->waiting = &wait;
  wait.request = request.get();
  state->line.push_back(std::move(request));
  state->start_next();
  co_await wait.done.wait();
}

}  // namespace truerelay::net
