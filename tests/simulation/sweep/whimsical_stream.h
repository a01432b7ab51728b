#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "io/clock.h"
#include "io/stream.h"
#include "io/tls.h"
#include "tests/simulation/sweep/end_of_data.h"
#include "tests/simulation/sweep/upstream_book.h"
#include "tests/simulation/sweep/whim.h"
#include "tests/simulation/world.h"

namespace truerelay::simulation {

// Where whims are written down.
struct WhimNotes {
  World& world;
  UpstreamBook& book;  // Every refusal that is said.
  Census& census;
};

// The practice upstream's stream, outside of TLS, with a whim in it. The upstream does not know of
// it: a command that is answered here never reaches it, and after a farewell it sees the end of the
// stream. So what its book says stays the truth.
class WhimsicalStream final : public io::Stream {
 public:
  WhimsicalStream(std::unique_ptr<io::Stream> inner, Whim whim, const WhimNotes& notes);

  // TLS is put over it: from now on its bytes are passed on as they are.
  void cover() { covered_ = true; }

  bool start(io::ReadOperation& operation) override;
  bool start(io::WriteOperation& operation) override;
  void set_deadline(io::Time deadline) override { inner_->set_deadline(deadline); }
  void shutdown() override { inner_->shutdown(); }
  void close() override { inner_->close(); }

 private:
  enum class Mode { commands, data, chunk };
  // What is being said instead of the upstream's words.
  enum class Saying { nothing, answer, end_of_message, farewell };
  struct Idle final : io::Timer {
    explicit Idle(WhimsicalStream& owner) : Timer(owner.notes_.world), stream(owner) {}
    void expire() override { stream.idle_is_over(); }
    WhimsicalStream& stream;
  };

  // True: the read under way is done.
  [[nodiscard]] bool go_on_reading();
  void more_was_read();
  // True: said at once.
  [[nodiscard]] bool say(Saying what);
  void words_were_said();  // From the loop.
  void note_words_said();
  void end_read();

  // Hands on what came, up to where the whim strikes; returns how many octets that were.
  std::size_t hand_on(Buffer& into, std::size_t at_most);
  std::size_t hand_on_command(Buffer& into, std::size_t at_most);
  std::size_t hand_on_content(Buffer& into, std::size_t at_most);
  [[nodiscard]] bool strikes_command() const;
  void take_command(std::string_view line);
  void end_content();
  void idle_is_over();
  void note_replies(std::string_view bytes);

  Whim whim_;
  const WhimNotes notes_;
  bool covered_ = false;

  Mode mode_ = Mode::commands;
  std::uint64_t commands_ = 0;
  std::uint64_t octets_ = 0;  // Of bodies.
  std::uint64_t messages_ = 0;
  EndOfData data_;
  std::size_t chunk_left_ = 0;
  bool last_chunk_ = false;
  bool answer_due_ = false;  // To the end of a message.
  bool struck_ = false;      // The words are to be said now,
  bool leaving_ = false;     // and then it is over.
  bool left_ = false;
  std::optional<io::Failure> trouble_;  // Nothing can be said any more.

  Buffer incoming_;
  io::ReadOperation* reading_ = nullptr;
  io::WriteOperation* writing_ = nullptr;
  std::optional<io::ReadOperation> more_;
  bool waits_for_more_ = false;
  std::optional<io::WriteOperation> words_;
  Saying saying_ = Saying::nothing;
  std::string refusal_;  // As far as its lines have been written.
  Idle idle_{*this};
  const std::unique_ptr<io::Stream> inner_;  // Last: it goes before its operations.
};

// A TLS server that has the same whims inside.
class WhimsicalTls final : public io::TlsServer {
 public:
  WhimsicalTls(io::TlsServer& tls, Whim whim, const WhimNotes& notes)
      : tls_(tls), whim_(std::move(whim)), notes_(notes) {}
  // `plain` is a WhimsicalStream.
  io::Task<io::Result<io::SecuredStream>> secure(std::unique_ptr<io::Stream> plain) override;

 private:
  io::TlsServer& tls_;
  const Whim whim_;
  const WhimNotes notes_;
};

}  // namespace truerelay::simulation
