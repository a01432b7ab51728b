#pragma once

#include <functional>
#include <utility>

namespace truerelay::io {

// A wish to stop, for everything that runs on behalf of one owner (a session, an engine).
//
// Whoever waits hangs a Link into it for as long as it waits. cancel() tells every link, once;
// links that come later are told by `requested()`. Stopping is always cooperative: the wait
// resumes with Failure::Kind::cancelled and the coroutine unwinds in the ordinary way.
class Cancellation {
 public:
  class Link {
   public:
    explicit Link(Cancellation& source) : next_(source.first_), place_(&source.first_) {
      if (next_ != nullptr) {
        next_->place_ = &next_;
      }
      source.first_ = this;
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() { unlink(); }

   protected:
    // Must not destroy other links; it may destroy or unlink itself.
    virtual void cancelled() = 0;
    void unlink() {
      if (place_ != nullptr) {
        *place_ = next_;
        if (next_ != nullptr) {
          next_->place_ = place_;
        }
        place_ = nullptr;
      }
    }

   private:
    friend class Cancellation;
    Link* next_;
    Link** place_;
  };

  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  ~Cancellation() {
    while (first_ != nullptr) {
      first_->unlink();
    }
  }

  void cancel() {
    requested_ = true;
    while (first_ != nullptr) {
      Link& link = *first_;
      link.unlink();
      link.cancelled();
    }
  }
  [[nodiscard]] bool requested() const { return requested_; }

 private:
  Link* first_ = nullptr;
  bool requested_ = false;
};

// A link that calls a function.
class OnCancellation final : public Cancellation::Link {
 public:
  OnCancellation(Cancellation& source, std::function<void()> call)
      : Link(source), call_(std::move(call)) {}

 private:
  void cancelled() override { call_(); }

  std::function<void()> call_;
};

}  // namespace truerelay::io
