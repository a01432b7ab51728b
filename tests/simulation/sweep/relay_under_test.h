#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "digest/key.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "relay/listener.h"
#include "relay/upstream.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/sweep/practice_tls.h"
#include "tests/simulation/sweep/relay_book.h"
#include "tests/simulation/sweep/watched_stream.h"
#include "tests/simulation/sweep/wire_book.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// The whole relay in a simulated world, with the books that it is judged by. Its upstream is set
// with use(), then perhaps a fallback, then its listeners.
class RelayUnderTest {
 public:
  RelayUnderTest(World& world, io::Dialer& dialer, const PracticeTls& practice);
  ~RelayUnderTest();

  // Whom the practice upstreams know. The relay itself logs in as the first one.
  [[nodiscard]] static const std::vector<std::string>& users();
  [[nodiscard]] static const std::string& password();

  void use(relay::UpstreamSettings settings, bool wrong_password);
  void fall_back_to(relay::UpstreamSettings settings);
  void listen(std::string name, io::Duration duplicate_window);

  // A client comes to one of the listeners.
  void accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer);

  [[nodiscard]] std::size_t sessions() const;
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  // Takes leave of the upstreams in `scope`.
  void stop(io::Scope& scope);

  WireBook wire;
  RelayBook book;
  MemoryScratches scratch;

 private:
  class StoredPassword;

  [[nodiscard]] std::unique_ptr<relay::Upstream> make(relay::UpstreamSettings settings);

  World& world_;
  WatchedDialer dialer_;
  std::unique_ptr<tls::ClientContext> client_tls_;
  WatchedTls tls_;
  io::Cancellation stopping_;
  io::Cancellation stopped_;
  static constexpr std::array<std::byte, digest::Key::kSize> kKey{};
  digest::Key key_{kKey};
  relay::Duplicates duplicates_;
  relay::ReplayMemory replay_memory_;
  relay::Services services_;
  std::unique_ptr<StoredPassword> password_;
  std::unique_ptr<relay::Upstream> fallback_;
  std::unique_ptr<relay::Upstream> upstream_;
  std::vector<std::unique_ptr<relay::Listener>> listeners_;
  std::uint64_t accepted_ = 0;
};

}  // namespace truerelay::simulation
