#include "net/handle.h"

#include <uv.h>

#include "net/loop.h"

namespace truerelay::net {
namespace {

template <class Handle>
void close(Handle* handle) noexcept {
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
}

}  // namespace

void CloseHandle::operator()(uv_tcp_s* handle) const noexcept { close(handle); }
void CloseHandle::operator()(uv_signal_s* handle) const noexcept { close(handle); }

TcpHandle new_tcp(Loop& loop, void* owner) {
  auto* handle = new uv_tcp_t;
  uv_tcp_init(loop.native(), handle);  // Fails only for flags that are not given here.
  handle->data = owner;
  return TcpHandle(handle);
}

SignalHandle new_signal(Loop& loop, void* owner) {
  auto handle = std::make_unique<uv_signal_t>();
  if (uv_signal_init(loop.native(), handle.get()) != 0) {
    return nullptr;
  }
  handle->data = owner;
  return SignalHandle(handle.release());
}

}  // namespace truerelay::net
