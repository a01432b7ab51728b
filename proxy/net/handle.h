#pragma once

#include <cstdint>
#include <memory>

struct uv_signal_s;
struct uv_tcp_s;

namespace truerelay::net {

class Loop;

// Ownership of libuv's handles. libuv has no synchronous close: what the owner lets go is closed,
// told no more (its `data` becomes null, which every callback looks at first), and its memory goes
// in the close callback.
struct CloseHandle {
  void operator()(uv_tcp_s* handle) const noexcept;
  void operator()(uv_signal_s* handle) const noexcept;
};

using TcpHandle = std::unique_ptr<uv_tcp_s, CloseHandle>;
using SignalHandle = std::unique_ptr<uv_signal_s, CloseHandle>;

// Initialised, not yet a socket. `owner` is what callbacks find in `data`.
[[nodiscard]] TcpHandle new_tcp(Loop& loop, void* owner);
[[nodiscard]] SignalHandle new_signal(Loop& loop, void* owner);

// What the system knows the socket by, for platform/; -1 where there is none.
[[nodiscard]] std::intptr_t system_socket(const uv_tcp_s& handle);

}  // namespace truerelay::net
