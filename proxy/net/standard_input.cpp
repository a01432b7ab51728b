#include "net/standard_input.h"

#include <uv.h>

#include <array>
#include <utility>

#include "base/redacted.h"
#include "net/loop.h"

namespace truerelay::net {
namespace {

constexpr std::size_t kLongestLine = std::size_t{16} * 1024;

}  // namespace

struct StandardInput::Reader {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tty_t terminal;
    uv_pipe_t pipe;
  };
  std::array<char, 4096> block{};
  std::string line;
  bool too_long = false;
  OnLine on_line;

  explicit Reader(OnLine tell) : handle{}, on_line(std::move(tell)) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { wipe(line); }  // The line may hold a code.

  void take(std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\n') {
        too_long = too_long || line.size() >= kLongestLine;
        if (!too_long) {
          line += c;
        }
        continue;
      }
      if (line.ends_with('\r')) {
        line.pop_back();
      }
      std::string whole = std::exchange(line, {});
      if (!std::exchange(too_long, false) && on_line) {
        on_line(std::move(whole));
      }
    }
  }
};

StandardInput::StandardInput(Loop& loop, OnLine on_line) : reader_(nullptr) {
  constexpr uv_file kInput = 0;
  const uv_handle_type type = uv_guess_handle(kInput);
  if (type != UV_TTY && type != UV_NAMED_PIPE) {
    return;
  }
  auto reader = std::make_unique<Reader>(std::move(on_line));
  int error = 0;
  if (type == UV_TTY) {
    error = uv_tty_init(loop.native(), &reader->terminal, kInput, 1);
    if (error != 0) {
      return;
    }
  } else {
    uv_pipe_init(loop.native(), &reader->pipe, 0);
    error = uv_pipe_open(&reader->pipe, kInput);
  }
  reader_ = reader.release();
  reader_->handle.data = reader_;
  if (error == 0) {
    uv_read_start(
        &reader_->stream,
        [](uv_handle_t* handle, std::size_t /*wanted*/, uv_buf_t* buffer) {
          auto& block = static_cast<Reader*>(handle->data)->block;
          *buffer = uv_buf_init(block.data(), static_cast<unsigned>(block.size()));
        },
        [](uv_stream_t* stream, ssize_t count, const uv_buf_t* /*buffer*/) {
          auto* const reading = static_cast<Reader*>(stream->data);
          if (count > 0) {
            reading->take({reading->block.data(), static_cast<std::size_t>(count)});
          } else if (count < 0) {
            uv_read_stop(stream);
          }
        });
  }
  uv_unref(&reader_->handle);
}

StandardInput::~StandardInput() {
  if (reader_ != nullptr) {
    reader_->on_line = nullptr;
    uv_close(&reader_->handle,
             [](uv_handle_t* closed) { delete static_cast<Reader*>(closed->data); });
  }
}

}  // namespace truerelay::net
