#include "net/signals.h"

#include <uv.h>

#include <cstddef>
#include <system_error>

#include "net/loop.h"

namespace truerelay::net {
namespace {

constexpr std::array<int, 3> kNumbers = {SIGINT, SIGTERM, SIGHUP};  // In the order of Signal.

}  // namespace

Signals::Signals(Loop& loop, OnSignal on_signal) : on_signal_(std::move(on_signal)) {
  for (std::size_t i = 0; i < kNumbers.size(); ++i) {
    handles_[i] = new_signal(loop, this);
    const int error = handles_[i] == nullptr
                          ? UV_EMFILE
                          : uv_signal_start(
                                handles_[i].get(),
                                [](uv_signal_t* handle, int number) {
                                  if (auto* signals = static_cast<Signals*>(handle->data)) {
                                    signals->on_signal_(number == SIGINT    ? Signal::interrupt
                                                        : number == SIGTERM ? Signal::terminate
                                                                            : Signal::hang_up);
                                  }
                                },
                                kNumbers[i]);
    if (error != 0) {
      throw std::system_error(-error, std::system_category(), "cannot wait for signals");
    }
    uv_unref(reinterpret_cast<uv_handle_t*>(handles_[i].get()));
  }
}

}  // namespace truerelay::net
