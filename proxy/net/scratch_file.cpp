#include "net/scratch_file.h"

#include <fmt/core.h>
#include <uv.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "io/event.h"
#include "net/failure_of.h"
#include "net/loop.h"

namespace truerelay::net {

// The file and how much of it counts. Shared by the scratch file and by what is under way on it:
// whichever goes last closes it.
struct ScratchFile::Contents {
  Contents(Loop& on, platform::UnnamedFile opened) : loop(on), file(std::move(opened)) {}
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;
  ~Contents() {
    auto* request = new uv_fs_t;
    const int error = uv_fs_close(loop.native(), request, file.descriptor(), [](uv_fs_t* closed) {
      uv_fs_req_cleanup(closed);
      delete closed;
    });
    if (error == 0) {
      file.release();
    } else {
      delete request;  // The file closes itself, here and now.
    }
  }

  Loop& loop;
  platform::UnnamedFile file;
  std::uint64_t size = 0;
  bool busy = false;
};

namespace {

using Contents = ScratchFile::Contents;

// What a system takes in one call, whichever it is.
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30U;

// uv_fs_read and uv_fs_write.
using Submit = int (*)(uv_loop_t*, uv_fs_t*, uv_file, const uv_buf_t*, unsigned, std::int64_t,
                       uv_fs_cb);

// Bytes on their way to or from the file; it lies in the frame of whoever waits. What libuv's
// threads work on stands apart from it, in a request that owns it all: where the frame goes first,
// the request forgets it and frees itself in the end.
class Transfer {
 public:
  Transfer(std::shared_ptr<Contents> contents, std::size_t room)
      : done_(contents->loop), request_(std::make_unique<Request>()) {
    assert(!contents->busy && "one operation at a time");
    contents->busy = true;
    request_->native.data = request_.get();
    request_->contents = std::move(contents);
    request_->bytes = std::make_unique_for_overwrite<char[]>(room);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    if (request_->waiting == nullptr) {
      request_->contents->busy = false;
      return;
    }
    request_->waiting = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t*>(&request_->native));  // If it has not begun.
    static_cast<void>(request_.release());
  }

  [[nodiscard]] char* bytes() { return request_->bytes.get(); }

  // Moves up to `count` bytes between bytes() + at and the file; result() says how many once
  // wait() has returned.
  void start(Submit submit, std::size_t at, std::size_t count, std::uint64_t offset) {
    const auto most = static_cast<unsigned>(std::min(count, kMostAtOnce));
    const uv_buf_t bytes = uv_buf_init(request_->bytes.get() + at, most);
    const Contents& contents = *request_->contents;
    const int error = submit(contents.loop.native(), &request_->native, contents.file.descriptor(),
                             &bytes, 1, static_cast<std::int64_t>(offset), finished);
    if (error == 0) {
      request_->waiting = this;
    } else {
      result_ = error;
      done_.notify();
    }
  }
  // co_await transfer.wait();
  auto wait() { return done_.wait(); }
  // A count, or an error of libuv's.
  [[nodiscard]] std::int64_t result() const { return result_; }

 private:
  struct Request {
    uv_fs_t native{};
    std::shared_ptr<Contents> contents;
    std::unique_ptr<char[]> bytes;
    Transfer* waiting = nullptr;  // Set while libuv has the request and somebody waits for it.
  };

  static void finished(uv_fs_t* native) {
    auto* request = static_cast<Request*>(native->data);
    const std::int64_t result = native->result;
    uv_fs_req_cleanup(native);
    if (Transfer* transfer = std::exchange(request->waiting, nullptr); transfer != nullptr) {
      transfer->result_ = result;
      transfer->done_.notify();
    } else {
      delete request;
    }
  }

  io::Event done_;
  std::unique_ptr<Request> request_;
  std::int64_t result_ = 0;
};

std::unexpected<std::string> failed(std::string_view what, const Contents& contents,
                                    std::int64_t result) {
  return std::unexpected(
      fmt::format("cannot {} the temporary file in {}: {}", what, contents.file.folder().string(),
                  result < 0 ? error_text(static_cast<int>(result)) : "it has ended too early"));
}

}  // namespace

ScratchFile::ScratchFile(Loop& loop, platform::UnnamedFile file)
    : contents_(std::make_shared<Contents>(loop, std::move(file))) {}

io::Task<std::expected<void, std::string>> ScratchFile::append(std::string_view bytes) {
  const std::shared_ptr<Contents> contents = contents_;  // `this` may go during the wait.
  const std::size_t size = bytes.size();
  Transfer transfer(contents, size);
  std::copy_n(bytes.data(), size, transfer.bytes());
  // The system may take a part, such as what still fits on the disk.
  for (std::size_t written = 0; written < size;) {
    transfer.start(uv_fs_write, written, size - written, contents->size + written);
    co_await transfer.wait();
    if (transfer.result() <= 0) {
      co_return failed("write to", *contents, transfer.result());
    }
    written += static_cast<std::size_t>(transfer.result());
  }
  contents->size += size;
  co_return std::expected<void, std::string>{};
}

io::Task<std::expected<std::size_t, std::string>> ScratchFile::read(std::uint64_t offset,
                                                                    Buffer& into,
                                                                    std::size_t at_most) {
  assert(at_most > 0);
  const std::shared_ptr<Contents> contents = contents_;  // `this` may go during the wait.
  if (offset >= contents->size) {
    co_return 0;
  }
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(at_most, contents->size - offset));
  Transfer transfer(contents, count);
  transfer.start(uv_fs_read, 0, count, offset);
  co_await transfer.wait();
  if (transfer.result() <= 0) {
    co_return failed("read", *contents, transfer.result());
  }
  const auto got = static_cast<std::size_t>(transfer.result());
  into.append({transfer.bytes(), got});
  co_return got;
}

std::uint64_t ScratchFile::size() const { return contents_->size; }

ScratchFiles::ScratchFiles(Loop& loop, std::filesystem::path folder)
    : loop_(loop), folder_(std::move(folder)) {}

std::expected<std::unique_ptr<io::Scratch>, std::string> ScratchFiles::make() {
  std::expected<platform::UnnamedFile, std::string> file = platform::UnnamedFile::open(folder_);
  if (!file) {
    return std::unexpected(std::move(file.error()));
  }
  return std::make_unique<ScratchFile>(loop_, std::move(*file));
}

}  // namespace truerelay::net
