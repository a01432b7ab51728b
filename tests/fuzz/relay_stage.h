#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/dot_codec.h"
#include "tests/attacks/raw_client.h"
#include "tests/fuzz/literal_upstream.h"

namespace truerelay::fuzz {

// How a conversation goes.
struct Conditions {
  std::uint64_t seed = 0;
  bool odd_links = true;  // Windows, pieces and delays are drawn from the seed.
  smtp::LineEnds line_ends = smtp::LineEnds::normalize;
  std::string ehlo = "250-upstream.example\r\n250 PIPELINING\r\n";  // The upstream's answer.
  std::vector<std::string> words = {};                              // See LiteralUpstream.
};

inline constexpr const char* kEhloWithChunks =
    "250-upstream.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n"
    "250 CHUNKING\r\n";

// The real relay between one client and one literal upstream, on the simulated network.
class RelayStage {
 public:
  explicit RelayStage(Conditions conditions);
  ~RelayStage();  // Everybody has left by then: see end().
  RelayStage(const RelayStage&) = delete;
  RelayStage& operator=(const RelayStage&) = delete;

  // Sends `bytes` and waits for one more reply, or the end of the session: what came.
  std::string ask(std::string bytes);
  // Sends `pieces`, one after the other, and waits for the end of the session. `finishes`: they are
  // the end of what the client sends; otherwise the relay ends the session in its time.
  void tell(const std::vector<std::string_view>& pieces, bool finishes);

  [[nodiscard]] bool ended() const;
  // Everything so far, byte for byte.
  [[nodiscard]] const std::string& heard() const;
  [[nodiscard]] const LiteralUpstream& upstream() const;

  // The client leaves and the service ends: that nothing is left is checked.
  void end();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace truerelay::fuzz
