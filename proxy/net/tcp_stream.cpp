#include "net/tcp_stream.h"

#include <uv.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "net/failure_of.h"
#include "net/handle.h"
#include "net/loop.h"
#include "platform/last_segment.h"

namespace truerelay::net {
namespace {

// The first is the loop's; bodies fill it and soon have the second.
constexpr std::uint32_t kLeastRoom = Loop::kALittle;
constexpr std::uint32_t kMostRoom = io::Stream::kReadSize;

constexpr std::size_t kLeastWorthReading = 1024;

// The part of a write that libuv holds while the peer is slow.
constexpr std::size_t kPieceSize = 64 * 1024;

// Its bytes stand behind it.
struct PieceRequest {
  uv_write_t request;
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

uv_stream_t* stream_of(const TcpHandle& handle) {
  return reinterpret_cast<uv_stream_t*>(handle.get());
}

}  // namespace

// Each looks first whether the stream is still there.
struct TcpStream::Callbacks {
  template <class Handle>
  static TcpStream* owner(const Handle* handle) {
    return static_cast<TcpStream*>(handle->data);
  }

  static void room(uv_handle_t* handle, std::size_t, uv_buf_t* room) {
    TcpStream* stream = owner(handle);
    io::ReadOperation* operation = stream != nullptr ? stream->reading_.get() : nullptr;
    *room = uv_buf_init(nullptr, 0);  // Nobody reads: libuv says ENOBUFS and takes nothing.
    if (operation != nullptr) {
      const std::span<char> free = stream->room_for(*operation);
      *room = uv_buf_init(free.data(),
                          static_cast<unsigned>(std::min(free.size(), operation->at_most)));
    }
  }

  static void read(uv_stream_t* handle, ssize_t count, const uv_buf_t* room) {
    TcpStream* stream = owner(handle);
    if (stream == nullptr) {
      return;
    }
    io::ReadOperation* operation = stream->reading_.get();
    if (count > 0) {
      stream->arrived({room->base, static_cast<std::size_t>(count)});
      return;
    }
    if (operation != nullptr) {
      operation->into.consume(0);  // A buffer that stayed empty gives its memory back.
    }
    if (count == UV_ENOBUFS) {
      // Not before now, for the next read usually follows the last at once, and watching again
      // costs two system calls.
      uv_read_stop(handle);
      stream->listening_ = false;
    } else if (count < 0) {
      stream->ended(static_cast<int>(count));
    }
  }

  static void written(uv_write_t* request, int error) {
    TcpStream* stream = owner(request->handle);
    ::operator delete(reinterpret_cast<PieceRequest*>(request));
    if (stream != nullptr) {
      stream->piece_written(error);
    }
  }
};

TcpStream::TcpStream(Loop& loop, TcpHandle connected)
    : Timer(loop), loop_(loop), handle_(std::move(connected)), expected_(kLeastRoom) {
  handle_->data = this;
  uv_tcp_nodelay(handle_.get(), 1);
}

bool TcpStream::start(io::ReadOperation& operation) {
  assert(operation.at_most > 0);
  if (state_ != State::open) {
    operation.result = std::unexpected(given_up());
    return true;
  }
  if (end_ != 0) {
    operation.result = end();
    return true;
  }
  if (!listening_) {
    const int error = uv_read_start(stream_of(handle_), Callbacks::room, Callbacks::read);
    if (error != 0) {
      operation.result = std::unexpected(broken_connection(error));
      return true;
    }
    listening_ = true;
  }
  reading_.park(operation);
  return false;
}

bool TcpStream::expects_little() const { return expected_ == kLeastRoom; }

// libuv asks just before it reads, never for two streams at once.
std::span<char> TcpStream::room_for(const io::ReadOperation& operation) {
  if (expects_little()) {
    return loop_.room_for_a_little();
  }
  // What a buffer has left is used up first, so that what comes in small pieces is not copied with
  // every piece.
  const std::size_t least = operation.into.empty() ? expected_ : kLeastWorthReading;
  return operation.into.writable(std::min(operation.at_most, least));
}

void TcpStream::arrived(std::span<char> bytes) {
  io::ReadOperation& operation = *reading_.get();
  const std::size_t count = bytes.size();
  if (expects_little()) {
    operation.into.append({bytes.data(), count});
    std::ranges::fill(bytes, '\0');  // There may be a password in it.
  } else {
    operation.into.commit(count);
  }
  operation.result = count;
  if (count >= expected_) {
    expected_ = std::min(expected_ * 4, kMostRoom);
  } else if (count < expected_ / 8) {
    expected_ = std::max(expected_ / 4, kLeastRoom);
  }
  reading_.complete();
}

void TcpStream::ended(int error) {
  uv_read_stop(stream_of(handle_));
  listening_ = false;
  end_ = error;
  if (io::ReadOperation* operation = reading_.get(); operation != nullptr) {
    operation->result = end();
    reading_.complete();
  }
}

io::Result<std::size_t> TcpStream::end() const {
  if (end_ == UV_EOF) {
    return 0;
  }
  return std::unexpected(broken_connection(end_));
}

bool TcpStream::start(io::WriteOperation& operation) {
  assert(writing_.get() == nullptr && "one write at a time");
  if (state_ != State::open) {
    operation.result = std::unexpected(given_up());
    return true;
  }
  if (shut_down_) {
    operation.result = io::fail(io::Failure::Kind::cancelled, "this side has ended its stream");
    return true;
  }
  if (push(operation)) {
    return true;
  }
  writing_.park(operation);
  return false;
}

// Hands on what the system takes now. True: the operation is done.
bool TcpStream::push(io::WriteOperation& operation) {
  if (operation.bytes.empty()) {
    return true;
  }
  const auto most = static_cast<unsigned>(std::min<std::size_t>(operation.bytes.size(), 1U << 30));
  const uv_buf_t all = uv_buf_init(const_cast<char*>(operation.bytes.data()), most);
  int taken = uv_try_write(stream_of(handle_), &all, 1);
  if (taken == UV_EAGAIN) {
    taken = 0;
  }
  if (taken >= 0) {
    operation.bytes.remove_prefix(static_cast<std::size_t>(taken));
    if (operation.bytes.empty()) {
      return true;
    }
    taken = queue_piece(operation);
  }
  if (taken < 0) {
    operation.result = std::unexpected(broken_connection(taken));
    return true;
  }
  return false;
}

// The request owns a copy, for it may outlive the operation.
int TcpStream::queue_piece(io::WriteOperation& operation) {
  const std::size_t size = std::min(operation.bytes.size(), kPieceSize);
  auto* piece = new (::operator new(sizeof(PieceRequest) + size)) PieceRequest;
  std::memcpy(piece->bytes(), operation.bytes.data(), size);
  const uv_buf_t bytes = uv_buf_init(piece->bytes(), static_cast<unsigned>(size));
  const int error = uv_write(&piece->request, stream_of(handle_), &bytes, 1, Callbacks::written);
  if (error != 0) {
    ::operator delete(piece);
    return error;
  }
  ++pieces_;
  operation.bytes.remove_prefix(size);
  return 0;
}

void TcpStream::piece_written(int error) {
  if (--pieces_ > 0) {
    return;
  }
  io::WriteOperation* operation = writing_.get();
  if (operation != nullptr) {
    if (error != 0) {
      operation->result = std::unexpected(broken_connection(error));
    } else if (!push(*operation)) {
      return;
    }
  }
  if (shut_down_) {
    send_end();
  }
  writing_.complete();
}

void TcpStream::shutdown() {
  if (state_ != State::open || shut_down_) {
    return;
  }
  shut_down_ = true;
  if (pieces_ == 0) {
    send_end();
  }
}

void TcpStream::last_write_follows() {
  if (state_ == State::open) {
    platform::hold_back_until_close(system_socket(*handle_));
  }
}

void TcpStream::send_end() {
  auto* request = new uv_shutdown_t;
  const int error =
      uv_shutdown(request, stream_of(handle_), [](uv_shutdown_t* done, int) { delete done; });
  if (error != 0) {
    delete request;
  }
}

void TcpStream::set_deadline(io::Time deadline) {
  if (state_ == State::open) {
    arm(deadline);
  }
}

void TcpStream::expire() { give_up(State::timed_out); }

void TcpStream::close() { give_up(State::closed); }

void TcpStream::give_up(State state) {
  if (state_ != State::open) {
    return;
  }
  state_ = state;
  disarm();
  handle_.reset();
  if (reading_.get() != nullptr || writing_.get() != nullptr) {
    loop_.post(*this);
  }
}

void TcpStream::run() {
  io::ReadOperation* read = reading_.get();
  io::WriteOperation* write = writing_.get();
  if (read != nullptr) {
    if (write != nullptr) {
      loop_.post(*this);  // For the other one: this object may be gone after the next line but one.
    }
    read->result = std::unexpected(given_up());
    reading_.complete();
  } else if (write != nullptr) {
    write->result = std::unexpected(given_up());
    writing_.complete();
  }
}

io::Failure TcpStream::given_up() const {
  return state_ == State::timed_out
             ? io::Failure{io::Failure::Kind::timed_out,
                           "the peer did not move before the deadline"}
             : io::Failure{io::Failure::Kind::cancelled, "this side has closed the connection"};
}

}  // namespace truerelay::net
