#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "digest/key.h"
#include "io/cancellation.h"
#include "io/scope.h"
#include "relay/services.h"
#include "tests/simulation/memory_scratch.h"
#include "tests/simulation/sweep/generation.h"
#include "tests/simulation/sweep/local_accounts.h"
#include "tests/simulation/sweep/practice_tls.h"
#include "tests/simulation/sweep/relay_book.h"
#include "tests/simulation/sweep/watched_stream.h"
#include "tests/simulation/sweep/wire_book.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// The whole relay in a simulated world, with the books that it is judged by: one generation after
// the other, of which the older ones drain.
class RelayUnderTest {
 public:
  // `office` gives tokens; nullptr where none are asked for. `vault_shut`: the chance that a local
  // user cannot be checked.
  RelayUnderTest(World& world, io::Dialer& dialer, const PracticeTls& practice,
                 TokenOffice* office = nullptr, double vault_shut = 0);
  ~RelayUnderTest();

  // Whom the practice upstreams know. The relay itself logs in as the first one.
  [[nodiscard]] static const std::vector<std::string>& users();
  [[nodiscard]] static const std::string& password();
  // A listener as all are.
  [[nodiscard]] static relay::ListenerSettings listener(std::string name,
                                                        io::Duration duplicate_window);

  // From now on new clients come to a generation with these settings. The one before, if there is
  // one, gives way.
  void load(Plan plan, io::Duration drain_timeout);

  // A client comes to one of the listeners; after stop() none may.
  void accept(std::size_t client, std::unique_ptr<io::Stream> stream, io::Peer peer);

  [[nodiscard]] std::size_t sessions() const;
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  // How many generations had sessions left when their time to finish was over,
  [[nodiscard]] std::size_t generations_outlasted() const;
  // and whether a stop had to end some that were under way.
  [[nodiscard]] bool stop_cut_short() const { return stop_cut_short_; }
  // No new transactions; what is under way has so much time, then it is ended. Runs in `scope`.
  void stop(io::Scope& scope, io::Duration drain_timeout);

  WireBook wire;
  RelayBook book;
  MemoryScratches scratch;

 private:
  io::Task<void> see_out(io::Duration drain_timeout);
  io::Task<void> finish();

  WatchedDialer dialer_;
  std::unique_ptr<tls::ClientContext> client_tls_;
  WatchedTls tls_;
  static constexpr std::array<std::byte, digest::Key::kSize> kKey{};
  digest::Key key_{kKey};
  relay::Duplicates duplicates_;
  relay::ReplayMemory replay_memory_;
  LocalAccounts local_users_;
  io::Cancellation stopping_;
  io::Cancellation stopped_;
  io::Cancellation drained_;
  const relay::Services services_;
  std::map<std::string, std::shared_ptr<relay::Standing>, std::less<>> standings_;
  const Lasting lasting_;
  std::vector<std::unique_ptr<Generation>> generations_;  // The present one at the end.
  io::Scope former_;                                      // The others, until they are seen out.
  bool stop_cut_short_ = false;
  std::uint64_t accepted_ = 0;
};

}  // namespace truerelay::simulation
