#include "floor_stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "loopback.h"
#include "sealed_records.h"

namespace truerelay::bench {
namespace {

constexpr std::size_t kMib = std::size_t{1024} * 1024;
constexpr std::size_t kRead = std::size_t{128} * 1024;

void seal_all(SealedRecords& out, std::string_view bytes, std::string& records) {
  records.clear();
  while (!bytes.empty()) {
    const std::string_view content = bytes.substr(0, SealedRecords::kLargest);
    out.seal(content, records);
    bytes.remove_prefix(content.size());
  }
}

}  // namespace

double floor_of_a_mib(std::size_t mib) {
  const Listening client_door;
  const Listening upstream_door;
  const Child client([&] {
    const std::string bytes(kRead, 'x');
    const int socket = client_door.dial();
    for (std::size_t sent = 0; sent < mib * kMib; sent += bytes.size()) {
      must(::send(socket, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    ::close(socket);
  });
  const Child upstream([&] {
    std::string bytes(4 * kRead, '\0');
    const int socket = upstream_door.accept();
    // MSG_TRUNC: thrown away without being copied.
    while (::recv(socket, bytes.data(), bytes.size(), MSG_TRUNC) > 0) {
    }
  });
  const int from = client_door.accept();
  const int to = upstream_door.dial();
  SealedRecords out;
  std::string bytes(kRead, '\0');
  std::string records;
  const double before = processor_seconds();
  while (true) {
    const ssize_t count = ::recv(from, bytes.data(), bytes.size(), 0);
    if (count <= 0) {
      break;
    }
    seal_all(out, std::string_view(bytes).substr(0, static_cast<std::size_t>(count)), records);
    must(::send(to, records.data(), records.size(), 0) == static_cast<ssize_t>(records.size()));
  }
  const double spent = processor_seconds() - before;
  ::close(from);
  ::close(to);
  return spent * 1000 / static_cast<double>(mib);
}

double cipher_of_a_mib(std::size_t mib) {
  const std::string bytes(kRead, 'x');
  SealedRecords out;
  std::string records;
  const double before = processor_seconds();
  for (std::size_t sealed = 0; sealed < mib * kMib; sealed += bytes.size()) {
    seal_all(out, bytes, records);
  }
  return (processor_seconds() - before) * 1000 / static_cast<double>(mib);
}

}  // namespace truerelay::bench
