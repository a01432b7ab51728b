#include "net/handle.h"

#include <uv.h>

#include <type_traits>

#include "net/loop.h"

namespace truerelay::net {
namespace {

template <class Handle>
void close(Handle* handle) noexcept {
  handle->data = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(handle),
           [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
}

// A number here, a pointer there.
template <class Descriptor>
std::intptr_t number(Descriptor descriptor) {
  if constexpr (std::is_pointer_v<Descriptor>) {
    return reinterpret_cast<std::intptr_t>(descriptor);
  } else {
    return descriptor;
  }
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

std::intptr_t system_socket(const uv_tcp_s& handle) {
  uv_os_fd_t descriptor{};
  const int error = uv_fileno(reinterpret_cast<const uv_handle_t*>(&handle), &descriptor);
  return error == 0 ? number(descriptor) : -1;
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
